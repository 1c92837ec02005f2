"""DICOM files of any order and mixture to series that can be read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from srviewer.core.volume import ScanWarning
from srviewer.errors import UserError
from srviewer.io.dicom_geometry import Stack, stacked
from srviewer.io.dicom_group import Group, by_series, groups
from srviewer.io.dicom_header import Skipped, SliceHeader, read_slices
from srviewer.io.dicom_pixels import StoredStacks
from srviewer.io.series import Found, Series, and_more, counted
from srviewer.job import Job, Progress

NOT_PLACED = "images that make no volume"
LOCALIZERS = "localizers"


def scan(paths: Sequence[Path]) -> Job[Found]:
    """The series of these files, from their headers alone.

    Files that are no images are ignored, with the reason; so are localizers beside other images.
    Single images and images that cannot be placed are problems. A series is made of the given
    files only, never of their neighbours.
    """
    slices: list[SliceHeader] = []
    problems: list[str] = []
    reasons: dict[Path, str] = {}
    denied: dict[str, list[Path]] = {}
    for number, path in enumerate(paths):
        told = f"Reading headers: {number:,} of {len(paths):,} files"
        yield Progress(0.9 * number / len(paths), told)
        try:
            found = read_slices(path)
        except UserError as error:
            problems.append(str(error))
            reasons[path] = NOT_PLACED
            continue
        if isinstance(found, Skipped):
            reasons[path] = found.reason
            if found.denied:
                denied.setdefault(found.denied, []).append(path)
        else:
            slices.extend(found)
    problems += [_denied(said, files) for said, files in denied.items()]
    series: list[Series] = []
    planning: list[Series] = []
    collected = by_series(slices)
    for number, members in enumerate(collected):
        yield Progress(0.9 + 0.1 * number / len(collected), "Sorting slices")
        for group in groups(members):
            try:
                made = _series(group)
            except UserError as error:
                problems.append(str(error))
            else:
                (planning if group.volumes[0][0].localizer else series).extend(made)
    used = {path for one in series or planning for path in one.sources}
    if series:
        reasons |= {path: LOCALIZERS for one in planning for path in one.sources}
    ignored = [reasons.get(path, NOT_PLACED) for path in paths if path not in used]
    numbered = tuple(replace(one, index=n) for n, one in enumerate(series or planning))
    return Found(numbered, len(ignored), tuple(problems), counted(ignored))


def _denied(said: str, files: Sequence[Path]) -> str:
    return (
        f"{and_more(files, 'files')} cannot be read: {said}. Check that they are still there and "
        "that you may read them."
    )


def _series(group: Group) -> list[Series]:
    """The series of a group: one, unless its volumes turn out to lie on different grids."""
    alike: list[list[Stack]] = []
    for volume in group.volumes:
        stack = _stack(group, volume)
        same = next((stacks for stacks in alike if _same_grid(stacks[0], stack)), None)
        if same is None:
            alike.append([stack])
        else:
            same.append(stack)
    return [
        _one(group, f"{group.name}, grid {number + 1}" if alike[1:] else group.name, tuple(stacks))
        for number, stacks in enumerate(alike)
    ]


def _stack(group: Group, slices: Sequence[SliceHeader]) -> Stack:
    if len(slices) < 2:
        raise UserError(
            f"'{group.name}' is a single slice; a volume needs at least 2. Open the folder that "
            "holds the whole series."
        )
    try:
        return stacked(slices)
    except ValueError as error:
        raise UserError(f"'{group.name}' cannot be stacked to a volume: {error}.") from error


def _same_grid(one: Stack, other: Stack) -> bool:
    return one.slots == other.slots and one.geometry.matches(other.geometry, 0.05)


def _one(group: Group, name: str, stacks: tuple[Stack, ...]) -> Series:
    first = stacks[0]
    tags = first.slices[0].series
    warnings = dict.fromkeys((*group.warnings, *(w for one in stacks for w in one.warnings)))
    told: tuple[ScanWarning, ...] = tuple(warnings)
    files = dict.fromkeys(one.file.path for stack in stacks for one in stack.slices)
    return Series(
        index=0,
        name=name,
        uid=tags.uid,
        modality=tags.modality,
        geometry=first.geometry,
        unit=tags.unit,
        frames=len(stacks),
        warnings=told,
        read=StoredStacks(name, stacks, told).read,
        sources=tuple(files),
        patient=tags.patient,
    )
