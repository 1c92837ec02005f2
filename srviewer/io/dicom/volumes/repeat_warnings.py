"""Warnings about volumes made of images that repeat positions."""

from collections import Counter
from collections.abc import Sequence

from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.volumes.slice_positions import SlicePositions, Slices
from srviewer.io.dicom.volumes.traits import mixed_in

TIMES_DISAGREE = ScanWarning(
    "duplicate_positions",
    "Several images lie at each place, and the times at which they were taken put other slices "
    "together than the numbers of their volumes, which are used.",
)


def by_number_alone(slices: Slices, positions: SlicePositions) -> ScanWarning:
    """Build the warning that only instance numbers distinguish images of one position.

    Args:
        slices: The slices of one contrast.
        positions: Their numbered positions.

    Returns:
        The warning ``duplicate_positions`` with the number of images at a position.
    """
    at = Counter(map(positions.of, slices))
    count = max(at.values())
    every = "Each place has" if min(at.values()) == count else "Places have up to"
    message = (
        f"{every} {count} images that only their numbers distinguish; they are taken as "
        f"{count} volumes in the order of these numbers."
    )
    return ScanWarning("duplicate_positions", message)


def mixed(volumes: Sequence[Slices], repeated: bool) -> tuple[ScanWarning, ...]:
    """Warn of slices of one volume that differ in a value which all of a volume should share.

    Args:
        volumes: The volumes of one contrast.
        repeated: Whether several images lie at some position of the stack.

    Returns:
        The warning ``mixed_contrasts``, or none.
    """
    differing = [words for volume in volumes if (words := mixed_in(volume, repeated))]
    if not differing:
        return ()
    listed = " and ".join(dict.fromkeys(word for words in differing for word in words))
    which = (
        "The slices of this volume"
        if len(volumes) == 1
        else f"In {len(differing)} of {len(volumes)} volumes the slices"
    )
    message = (
        f"{which} do not all have the same {listed}: images of different kinds may have been put "
        "together. Compare the slices before you use them."
    )
    return (ScanWarning("mixed_contrasts", message),)


def incomplete(covered: int, every: int, beside: bool) -> tuple[ScanWarning, ...]:
    """Warn of volumes that cover fewer positions than others.

    Args:
        covered: The positions that the volumes cover.
        every: The positions of the whole stack.
        beside: Whether volumes of the same contrast cover other positions.

    Returns:
        The warning ``incomplete_volume``, or none.
    """
    if covered == every:
        return ()
    others = "volumes of its series" if beside else "images of this series"
    message = (
        f"It has slices at {covered} of the {every} places that other {others} cover. The others "
        "may be missing, also between those that are shown."
    )
    return (ScanWarning("incomplete_volume", message),)
