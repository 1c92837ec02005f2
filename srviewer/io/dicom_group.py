"""Which DICOM slices form one volume."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.volume import ScanWarning
from srviewer.io.dicom_header import Numbers, SliceHeader
from srviewer.io.dicom_repeats import Slices, contrast_label, places, repeats, split
from srviewer.io.dicom_tags import CONTRASTS

ORIENTATION_TOLERANCE = 2e-3  # of a direction cosine: 0.1 degrees
SPACING_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Group:
    """Slices of one series, size, orientation and contrast. ``name``: the series' own, unique.

    ``volumes``: the slices of each volume; several lie at the same places, one after another.
    """

    name: str
    volumes: tuple[tuple[SliceHeader, ...], ...]
    warnings: tuple[ScanWarning, ...]


def by_series(slices: Sequence[SliceHeader]) -> list[Slices]:
    """The slices of each series, ordered by series number."""
    series: dict[str, Slices] = defaultdict(list)
    for one in slices:
        series[one.series.uid].append(one)
    return sorted(series.values(), key=_number)


def _number(members: Slices) -> float:
    number = members[0].series.number
    return float(number) if number.lstrip("-").isdigit() else float("inf")


def groups(members: Slices) -> list[Group]:
    """What one series holds. Nothing of one group is ever stacked with another.

    Told apart by stack, orientation, pixel spacing and size; where positions repeat, by
    ``CONTRASTS`` into groups and by ``REPEATS`` into the volumes of a group.
    """
    distinct, warnings = _without_copies(members)
    planes: list[Slices] = []
    for one in distinct:
        fitting = next((plane for plane in planes if _same_plane(plane[0], one)), None)
        if fitting is None:
            planes.append([one])
        else:
            fitting.append(one)
    orientations = {_rounded(plane[0].orientation) for plane in planes}
    if len(orientations) > 1:
        message = (
            f"This series holds slices of {len(orientations)} orientations (a localizer?); they "
            "are kept apart, and this is one of them."
        )
        warnings = (*warnings, ScanWarning("mixed_orientation", message))
    found: list[Group] = []
    for plane in planes:
        contrasts = [one for stack in _stacks(plane) for one in split(stack, CONTRASTS)]
        for number, contrast in enumerate(contrasts):
            label = contrast_label(contrasts, number)
            for taken in repeats(contrast):
                volumes = tuple(map(tuple, taken.volumes))
                found.append(Group(label, volumes, (*warnings, *taken.warnings)))
    return [replace(group, name=_name(group, found)) for group in found]


def _stacks(plane: Slices) -> list[Slices]:
    """The stacks of an enhanced object, which may be parallel; the plane itself if there is one."""
    stacks: dict[str, Slices] = defaultdict(list)
    for one in plane:
        stacks[one.stack].append(one)
    lonely = any(len(places(stack)) < 2 for stack in stacks.values())
    return [plane] if lonely else list(stacks.values())


def _name(group: Group, groups: list[Group]) -> str:
    """The name that the series gives to a group, numbered where others have the same."""
    base = _title(group)
    same = [other for other in groups if _title(other) == base]
    number = next(place for place, other in enumerate(same) if other is group)
    return base if len(same) == 1 else f"{base}, part {number + 1}"


def _title(group: Group) -> str:
    tags = group.volumes[0][0].series
    numbered = f"{tags.name} ({tags.number})" if tags.number else tags.name
    return f"{numbered}, {group.name}" if group.name else numbered


def _without_copies(members: Slices) -> tuple[Slices, tuple[ScanWarning, ...]]:
    """Each image once: the same files often lie in two folders."""
    # Some anonymisers give all images one UID, so position and number must agree as well.
    once = {(one.uid, one.frame, one.instance, one.position): one for one in reversed(members)}
    if len(once) == len(members):
        return members, ()
    message = (
        f"{len(members) - len(once)} of {len(members)} images are copies of others in this series; "
        "each is used once."
    )
    return list(reversed(once.values())), (ScanWarning("duplicate_positions", message),)


def _same_plane(one: SliceHeader, other: SliceHeader) -> bool:
    return (
        (one.rows, one.columns) == (other.rows, other.columns)
        and (one.position is None) == (other.position is None)
        and _close(one.orientation, other.orientation, ORIENTATION_TOLERANCE)
        and _close(one.pixel_spacing, other.pixel_spacing, SPACING_TOLERANCE)
    )


def _close(one: Numbers | None, other: Numbers | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


def _rounded(values: Numbers | None) -> Numbers:
    return tuple(np.round(values, 2).tolist()) if values else ()
