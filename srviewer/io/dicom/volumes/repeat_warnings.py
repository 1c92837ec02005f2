"""What is said of volumes that were made of images at the same places."""

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
    """That only instance numbers tell images of one place from each other."""
    at = Counter(map(positions.of, slices))
    count = max(at.values())
    every = "Each place has" if min(at.values()) == count else "Places have up to"
    message = (
        f"{every} {count} images that only their numbers tell apart; they are taken as "
        f"{count} volumes in the order of these numbers."
    )
    return ScanWarning("duplicate_positions", message)


def mixed(volumes: Sequence[Slices], repeated: bool) -> tuple[ScanWarning, ...]:
    """A warning where slices of one volume differ in what all of a volume have in common.

    ``repeated``: whether several images lie at some place of the stack.
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
    """A warning where volumes cover fewer places than others; ``beside``: of the same contrast."""
    if covered == every:
        return ()
    others = "volumes of its series" if beside else "images of this series"
    message = (
        f"It has slices at {covered} of the {every} places that other {others} cover. The others "
        "may be missing, also between those that are shown."
    )
    return (ScanWarning("incomplete_volume", message),)
