"""Which DICOM slices form one volume."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from srviewer.core.volume import ScanWarning
from srviewer.io.dicom_header import Numbers, SliceHeader
from srviewer.io.dicom_tags import TRAITS

Slices = list[SliceHeader]

ORIENTATION_TOLERANCE = 2e-3  # of a direction cosine: 0.1 degrees
SPACING_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Group:
    """Slices of one series, size and orientation. ``name`` is the series' own, made unique."""

    name: str
    slices: tuple[SliceHeader, ...]
    warnings: tuple[ScanWarning, ...]


def groups(slices: Sequence[SliceHeader]) -> list[Group]:
    """Slices grouped into volumes, ordered by series number.

    By series, then by orientation, pixel spacing and size, then by ``TRAITS`` where positions
    repeat. Nothing of one group is ever stacked with another.
    """
    series: dict[str, Slices] = defaultdict(list)
    for one in slices:
        series[one.series.uid].append(one)
    found: list[Group] = []
    for members in sorted(series.values(), key=_number):
        found.extend(_split(members))
    return found


def _number(members: Slices) -> float:
    number = members[0].series.number
    return float(number) if number.lstrip("-").isdigit() else float("inf")


def _split(members: Slices) -> list[Group]:
    """The volumes of one series."""
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
    parts = [part for plane in planes for part in _by_traits(plane, 0)]
    return [Group(_name(part, parts), tuple(part), warnings) for part in parts]


def _name(part: Slices, parts: list[Slices]) -> str:
    """The name that the series gives to a part, numbered where others have the same."""
    base = _title(part)
    same = [other for other in parts if _title(other) == base]
    return base if len(same) == 1 else f"{base}, part {same.index(part) + 1}"


def _title(part: Slices) -> str:
    tags = part[0].series
    return f"{tags.name} ({tags.number})" if tags.number else tags.name


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
        (one.file.rows, one.file.columns) == (other.file.rows, other.file.columns)
        and (one.position is None) == (other.position is None)
        and _close(one.orientation, other.orientation, ORIENTATION_TOLERANCE)
        and _close(one.pixel_spacing, other.pixel_spacing, SPACING_TOLERANCE)
    )


def _close(one: Numbers | None, other: Numbers | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


def _by_traits(plane: Slices, first: int) -> list[Slices]:
    """Slices at repeated positions told apart by the first trait that does so, then by the next."""
    repeated = _repeated(plane)
    if not repeated:
        return [plane]
    for number in range(first, len(TRAITS)):
        parts: dict[str, Slices] = defaultdict(list)
        for one in plane:
            parts[one.traits[number]].append(one)
        split = list(parts.values())
        lonely = any(len(_places(part)) < 2 for part in split)
        if len(split) > 1 and not lonely and sum(map(_repeated, split)) < repeated:
            return [smaller for part in split for smaller in _by_traits(part, number + 1)]
    return [plane]


def _repeated(plane: Slices) -> int:
    """How many slices lie where another one does."""
    return len(plane) - len(_places(plane))


def _places(plane: Slices) -> set[Numbers]:
    # A slice without a position has its numbers for a place.
    return {
        (one.instance, one.frame) if one.position is None else _rounded(one.position)
        for one in plane
    }


def _rounded(values: Numbers | None) -> Numbers:
    return tuple(np.round(values, 2).tolist()) if values else ()
