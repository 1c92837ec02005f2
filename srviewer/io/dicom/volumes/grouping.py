"""The grouping of one series' DICOM slices to volumes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from srviewer.core.counted import inflected
from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.headers.header import Numbers, SliceHeader
from srviewer.io.dicom.volumes.repeats import contrasts
from srviewer.io.dicom.volumes.series import Bundle
from srviewer.io.dicom.volumes.slice_positions import (
    Slices,
    beside_each_other,
    count_positions,
    near_each_other,
    slice_positions,
)
from srviewer.io.dicom.volumes.stacks import stacks
from srviewer.io.dicom.volumes.traits import contrast_label

ORIENTATION_TOLERANCE = 2e-3  # of a direction cosine: 0.1 degrees
SPACING_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Group:
    """Slices of one series, size, orientation and contrast.

    Attributes:
        name: The contrast or other difference from groups of the same series, "" for the only one;
            with the series' own name and number after ``with_names``.
        volumes: The slices of each volume; several cover the same positions, one after another.
        warnings: Warnings about all of the volumes.
    """

    name: str
    volumes: tuple[tuple[SliceHeader, ...], ...]
    warnings: tuple[ScanWarning, ...]

    @property
    def first(self) -> SliceHeader:
        """One of its slices, for the values that all of them share."""
        return self.volumes[0][0]

    @property
    def alone(self) -> bool:
        """Whether it covers a single position, and so makes no volume."""
        return count_positions(self.volumes[0]) < 2

    @property
    def files(self) -> set[Path]:
        """The files that hold its slices."""
        return {header.file.path for volume in self.volumes for header in volume}


def groups(bundle: Bundle) -> list[Group]:
    """Group the slices of one series; those of two groups are never stacked together.

    Groups differ in stack, orientation, pixel spacing or size. Where positions repeat,
    ``CONTRASTS`` part slices into groups and ``REPEATS`` into the volumes of a group.

    Args:
        bundle: The slices of one series.

    Returns:
        The groups, not named yet.
    """
    distinct, copies = _without_copies(bundle.slices)
    warnings = (*bundle.warnings, *copies)
    planes = by_plane(distinct)
    orientations = {rounded(plane[0].orientation) for plane in planes}
    if len(orientations) > 1:
        message = (
            f"This series holds slices of {len(orientations)} orientations (a localizer?); they "
            "are kept apart, and this is one of them."
        )
        warnings = (*warnings, ScanWarning("mixed_orientation", message))
    result: list[Group] = []
    for plane in planes:
        contrasts_of_plane = [
            kind for stack in _stacks(plane) for kind in contrasts(stack, slice_positions(stack))
        ]
        kinds = [
            [header for repeats in kind for v in repeats.volumes for header in v]
            for kind in contrasts_of_plane
        ]
        for number, kind in enumerate(contrasts_of_plane):
            label = contrast_label(kinds, number)
            for repeats in kind:
                volumes = tuple(map(tuple, repeats.volumes))
                result.append(Group(label, volumes, (*warnings, *repeats.warnings)))
    return result


def _stacks(plane: Slices) -> list[Slices]:
    return [
        near
        for stack in stacks(plane)
        for part in beside_each_other(stack)
        for near in near_each_other(part)
    ]


def by_plane(slices: Slices) -> list[Slices]:
    """Part slices by size, orientation and pixel spacing.

    Args:
        slices: Slices in any order.

    Returns:
        Lists of slices that are parallel and of one size, in the order of their first slices.
    """
    planes: list[Slices] = []
    for header in slices:
        fitting = next((plane for plane in planes if _same_plane(plane[0], header)), None)
        if fitting is None:
            planes.append([header])
        else:
            fitting.append(header)
    return planes


def with_names(groups: Sequence[Group]) -> list[Group]:
    """Name groups for people; groups of one series UID with equal names are numbered.

    Args:
        groups: The groups of all series.

    Returns:
        The same groups in the same order, with the name and number of their series.
    """
    alike = Counter(map(_title, groups))
    seen: Counter[tuple[str, str]] = Counter()
    with_titles = []
    for group in groups:
        title = _title(group)
        seen[title] += 1
        number = f", part {seen[title]}" if alike[title] > 1 else ""
        with_titles.append(replace(group, name=title[1] + number))
    return with_titles


def _title(group: Group) -> tuple[str, str]:
    """The series UID, and the name that the series gives to the group."""
    tags = group.first.series
    numbered = f"{tags.name} ({tags.number})" if tags.number else tags.name
    return tags.uid, f"{numbered}, {group.name}" if group.name else numbered


def _without_copies(members: Slices) -> tuple[Slices, tuple[ScanWarning, ...]]:
    """Each image once: the same files often lie in two folders."""
    # Some anonymisers give all images one UID, so position and number must agree as well.
    once = {
        (header.uid, header.frame, header.instance, header.position): header
        for header in reversed(members)
    }
    if len(once) == len(members):
        return members, ()
    copies = len(members) - len(once)
    are = inflected(copies, "is a copy", "are copies")
    message = (
        f"{copies} of {len(members)} images {are} of others in this series; each is used once."
    )
    return list(reversed(once.values())), (ScanWarning("duplicate_positions", message),)


def _same_plane(header: SliceHeader, other_header: SliceHeader) -> bool:
    return (
        (header.rows, header.columns) == (other_header.rows, other_header.columns)
        and (header.position is None) == (other_header.position is None)
        and _close(header.orientation, other_header.orientation, ORIENTATION_TOLERANCE)
        and _close(header.pixel_spacing, other_header.pixel_spacing, SPACING_TOLERANCE)
    )


def _close(values: Numbers | None, other_values: Numbers | None, tolerance: float) -> bool:
    if values is None or other_values is None:
        return values is other_values
    return all(abs(a - b) <= tolerance for a, b in zip(values, other_values, strict=True))


def rounded(values: Numbers | None) -> Numbers:
    """Round numbers to 0.01.

    Args:
        values: Numbers such as direction cosines.

    Returns:
        The rounded numbers, equal for nearly parallel slices; empty for None.
    """
    return tuple(np.round(values, 2).tolist()) if values else ()
