"""DICOM slices collected by series, person, study and frame of reference."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.elements.series_tags import SeriesTags
from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.volumes.slice_positions import Slices, count_positions

SORTING = "Sorting slices"
Rank = tuple[bool, float]

SEGMENTATION = ScanWarning(
    "segmentation",
    "This is a segmentation, not a scan: its values stand for regions that were drawn on a scan "
    "and are no grey values. Reconstruct the scan itself.",
)
OWN_FRAMES = ScanWarning(
    "mixed_series",
    "Each image names a frame of reference of its own, as some anonymisers write; their positions "
    "are taken as measured in one.",
)
# Values that images of one series must share, in words for people.
COMMON = {
    "patient": "person",
    "study": "study",
    "frame of reference": "frame",
    "modality": "modality",
}


@dataclass(frozen=True)
class Bundle:
    """Slices of one series.

    Attributes:
        slices: The slices, in the order of their files.
        warnings: Warnings about their collection.
    """

    slices: Slices
    warnings: tuple[ScanWarning, ...]


def by_series(slices: Sequence[SliceHeader]) -> list[Bundle]:
    """Collect the slices of each series.

    Slices of two people, studies, frames of reference or modalities are never in one bundle,
    whatever the series UID is. Description and number stand for an empty series UID.

    Args:
        slices: Slices of any series.

    Returns:
        The bundles by series number; segmentations come last.
    """
    series: dict[tuple[str, ...], Slices] = defaultdict(list)
    for header in slices:
        tags = header.series
        series[(tags.uid,) if tags.uid else ("", tags.name, tags.number)].append(header)
    parts = (part for members in series.values() for part in _parts(members))
    return sorted(parts, key=lambda part: rank(part.slices[0].series))


def rank(tags: SeriesTags) -> Rank:
    """Rank a series among others: by its number, segmentations last.

    Args:
        tags: The values of the series.

    Returns:
        A key to sort by.
    """
    try:
        number = int(tags.number)
    except ValueError:
        return tags.segmentation, float("inf")
    return tags.segmentation, number


def _parts(members: Slices) -> list[Bundle]:
    wholes: dict[tuple[str | bool, ...], Slices] = defaultdict(list)
    for header in members:
        tags = header.series
        wholes[tags.person, tags.study, tags.modality, tags.segmentation].append(header)
    parts = [part for whole in wholes.values() for part in _by_frame(whole)]
    first = [part.slices[0].series for part in parts]
    shared = (_shared(first),) if len(parts) > 1 else ()
    return [
        Bundle(part.slices, (*_kind(part.slices[0].series), *shared, *part.warnings))
        for part in parts
    ]


def _by_frame(slices: Slices) -> list[Bundle]:
    """Slices whose positions can be compared.

    With a series UID, slices that name no frame of reference go with the only one that is named.
    Frames of reference that hold one position each are made up, since a scan has one for all.
    """
    frames: dict[str, Slices] = defaultdict(list)
    for header in slices:
        frames[header.series.frame].append(header)
    named = [members for frame, members in frames.items() if frame or not slices[0].series.uid]
    if len(named) < 2:
        return [Bundle(slices, ())]
    if all(count_positions(members) == 1 for members in named):
        return [Bundle(slices, (OWN_FRAMES,))]
    return [Bundle(members, ()) for members in frames.values()]


def _kind(tags: SeriesTags) -> tuple[ScanWarning, ...]:
    return (SEGMENTATION,) if tags.segmentation else ()


def _shared(parts: Sequence[SeriesTags]) -> ScanWarning:
    """The warning that images of one series UID differ in a value that a series shares."""
    differing = [
        words for words, name in COMMON.items() if len({getattr(tags, name) for tags in parts}) > 1
    ]
    listed = " and ".join(filter(None, (", ".join(differing[:-1]), differing[-1])))
    kind = "series UID" if parts[0].uid else "description, without a series UID,"
    message = (
        f"The images of this {kind} do not all name the same {listed}; they are kept apart, in "
        f"{len(parts)} parts."
    )
    return ScanWarning("mixed_series", message)
