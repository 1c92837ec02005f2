"""Scans whose slices have a series UID each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.volumes.geometry import stacked
from srviewer.io.dicom.volumes.grouping import Group, by_plane, groups, rounded
from srviewer.io.dicom.volumes.series import SORTING, Bundle
from srviewer.io.dicom.volumes.slice_positions import Slices
from srviewer.io.dicom.volumes.traits import contrasts_of
from srviewer.job import Job, Progress

LEAST = 3  # slices: any two lie on a regular grid
MOST_DIRECTIONS = 100
# Warnings that a regular stack may have.
HARMLESS = frozenset({"oblique", "inverted", "palette_colour"})


def joined_series(bundles: Sequence[Bundle]) -> Job[tuple[list[Group], list[Bundle]]]:
    """Join series of a single position each to the scans that they make together.

    Only images of one person, study, frame of reference, modality, description, size, orientation
    and pixel spacing are joined, and only where they make regular grids of at least three slices,
    one for each contrast, without a repeat or a gap. Localizers and segmentations never are.

    Args:
        bundles: Series that cover a single position each.

    Returns:
        The groups of the joined scans, and the series that belong to none.
    """
    alike: dict[tuple[str, ...], list[Bundle]] = defaultdict(list)
    single = []
    for bundle in bundles:
        if _may_join(bundle.slices):
            alike[_common(bundle)].append(bundle)
        else:
            single.append(bundle)
    scans = []
    for number, members in enumerate(alike.values()):
        yield Progress(number / len(alike), SORTING)
        for plane in _by_plane(members):
            groups_of_plane = _joined(plane)
            scans += groups_of_plane
            single += () if groups_of_plane else plane
    return scans, single


def _may_join(slices: Slices) -> bool:
    return all(
        header.position is not None
        and header.orientation is not None
        and header.file.frames == 1
        and header.tile is None
        and not header.localizer
        and not header.series.segmentation
        for header in slices
    )


def _common(bundle: Bundle) -> tuple[str, ...]:
    tags = bundle.slices[0].series
    return tags.person, tags.study, tags.frame, tags.modality, tags.name


def _by_plane(bundles: Sequence[Bundle]) -> list[list[Bundle]]:
    """Bundles whose slices are parallel and of one size; each alone where hardly any are."""
    directions = {rounded(bundle.slices[0].orientation) for bundle in bundles}
    if len(directions) > MOST_DIRECTIONS:  # comparing each with each would take long
        return [[bundle] for bundle in bundles]
    of_slice = {id(header): bundle for bundle in bundles for header in bundle.slices}
    planes = by_plane([header for bundle in bundles for header in bundle.slices])
    return [
        list({id(b): b for b in (of_slice[id(header)] for header in p)}.values()) for p in planes
    ]


def _joined(bundles: Sequence[Bundle]) -> list[Group]:
    """One group for each contrast; none unless all of them are regular."""
    slices = [header for bundle in bundles for header in bundle.slices]
    if len({header.series.number for header in slices}) > 1:
        slices = [replace(header, series=replace(header.series, number="")) for header in slices]
    warnings = tuple(dict.fromkeys(w for bundle in bundles for w in bundle.warnings))
    joined_groups = groups(Bundle(slices, warnings))
    if not all(map(_regular, joined_groups)):
        return []
    return [replace(g, warnings=(_note(len(g.volumes[0])), *g.warnings)) for g in joined_groups]


def _regular(group: Group) -> bool:
    slices = group.volumes[0]
    contrasts = set(map(contrasts_of, slices))
    if len(group.volumes) > 1 or len(slices) < LEAST or len(contrasts) > 1:
        return False
    try:
        return {warning.code for warning in stacked(slices).warnings} <= HARMLESS
    except ValueError:
        return False


def _note(count: int) -> ScanWarning:
    message = (
        f"{count} images that have a series UID each lie on one regular grid and are shown as one "
        "scan. Make sure that they belong together."
    )
    return ScanWarning("joined_series", message)
