"""Which DICOM slices form one volume."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

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

    ``name``: what tells it from others of its series, "" where it is the only one; the series' own
    name and number as well once it was ``named``. ``volumes``: the slices of each volume; several
    lie at the same places, one after another.
    """

    name: str
    volumes: tuple[tuple[SliceHeader, ...], ...]
    warnings: tuple[ScanWarning, ...]

    @property
    def first(self) -> SliceHeader:
        """One of its slices, for what all have in common."""
        return self.volumes[0][0]

    @property
    def alone(self) -> bool:
        """Whether it covers a single place, and so makes no volume."""
        return count_positions(self.volumes[0]) < 2

    @property
    def files(self) -> set[Path]:
        """Those that hold its slices."""
        return {header.file.path for volume in self.volumes for header in volume}


def groups(bundle: Bundle) -> list[Group]:
    """What one series holds, not named yet. Nothing of one group is ever stacked with another.

    Told apart by stack, orientation, pixel spacing and size; where places repeat, by ``CONTRASTS``
    into groups and by ``REPEATS`` into the volumes of a group.
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
        held = [
            kind for stack in _stacks(plane) for kind in contrasts(stack, slice_positions(stack))
        ]
        kinds = [
            [header for repeats in kind for v in repeats.volumes for header in v] for kind in held
        ]
        for number, kind in enumerate(held):
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
    """Slices of one size, orientation and pixel spacing each."""
    planes: list[Slices] = []
    for header in slices:
        fitting = next((plane for plane in planes if _same_plane(plane[0], header)), None)
        if fitting is None:
            planes.append([header])
        else:
            fitting.append(header)
    return planes


def named(groups: Sequence[Group]) -> list[Group]:
    """The groups with names for people; those of one series UID are numbered where alike."""
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
    message = (
        f"{len(members) - len(once)} of {len(members)} images are copies of others in this series; "
        "each is used once."
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
    """To 0.01, none for None."""
    return tuple(np.round(values, 2).tolist()) if values else ()
