"""The reader of DICOM: files of any order and mixture to series that can be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from srviewer.core.counted import counted
from srviewer.core.volumes.volume import ScanWarning
from srviewer.errors import UserError
from srviewer.io.dicom.elements.pydicom_warnings import seriously
from srviewer.io.dicom.headers.header import (
    UNREADABLE,
    Skipped,
    SliceHeader,
    StoredSegments,
    read_slices,
)
from srviewer.io.dicom.pixels.voxels import StoredStacks
from srviewer.io.dicom.segmentations.label_maps import segmentation_series
from srviewer.io.dicom.segmentations.segmentation import Segmentation, segmentation
from srviewer.io.dicom.volumes.geometry import Stack, stacked
from srviewer.io.dicom.volumes.grouping import Group, groups, with_names
from srviewer.io.dicom.volumes.joined_series import joined_series
from srviewer.io.dicom.volumes.series import SORTING, Bundle, Rank, by_series, rank
from srviewer.io.dicom.volumes.single_images import middle_image, single_image_stacks
from srviewer.io.dicom.volumes.slice_positions import SAME_POSITION_MM
from srviewer.io.dicom.volumes.times import interval_s
from srviewer.io.dicom.volumes.traits import contrast_text
from srviewer.io.dicom.volumes.unused_images import unused_image_problems
from srviewer.io.scans.not_reconstructed import LOCALIZER, SINGLE, not_reconstructed
from srviewer.io.scans.series import Problem, ScanListing, Series, and_more, reason_counts
from srviewer.job import Job, Progress, aside, within

R = TypeVar("R")

NOT_PLACED = "images that make no volume"
LOCALIZERS = "localizers"
MANY_SLICES = 5000  # sorting them takes longer than whoever cancels would wait
# The largest distance between corners of volumes whose slices have the same positions.
SAME_GRID_MM = 2 * SAME_POSITION_MM


@dataclass
class _Headers:
    """The headers of files: the images in them, and the reasons why other files hold none."""

    slices: list[SliceHeader]
    segmentations: list[Segmentation]
    problems: list[Problem]
    reasons: dict[Path, str]


def scan(paths: Sequence[Path]) -> Job[ScanListing]:
    """Collect the series of some files, from their headers alone.

    A series is made of the given files only, never of their neighbours, and of one person's and one
    DICOM study's images only. Files that are no images are ignored with the reason, as are
    localizers beside other images; single images and images without a position in a volume are
    problems. Localizers and single images can be viewed.

    Args:
        paths: The files, of any kind and in any order.

    Returns:
        The series in the order of their numbers, with the files that were ignored and the problems.
    """
    headers = yield from within(_read(paths), 0.0, 0.9)
    problems, reasons = headers.problems, headers.reasons
    stacks, alone = yield from within(_sorted(headers.slices), 0.9, 0.95)
    series: list[Series] = []
    planning: list[Series] = []
    for number, group in enumerate(stacks):
        yield Progress(0.95 + 0.04 * number / len(stacks), SORTING)
        try:
            series_of_group = yield from _aside(
                partial(_series, group), sum(map(len, group.volumes))
            )
            (planning if group.first.localizer else series).extend(series_of_group)
        except UserError as error:
            problems.append(Problem(group.first.series.name, str(error)))
    drawn = [segmentation_series(header) for header in headers.segmentations]
    (series if series or not planning else planning).extend(drawn)
    used = {path for entry in series or planning for path in entry.sources}
    if series:
        lonely = [group for group in alone if group.first.localizer]
        reasons |= {path: LOCALIZERS for entry in planning for path in entry.sources}
        reasons |= {path: LOCALIZERS for group in lonely for path in group.files}
        alone = [group for group in alone if not group.first.localizer]
    else:
        lonely = []
    problems += yield from within(unused_image_problems(alone, paths), 0.99, 1.0)
    ignored = [path for path in paths if path not in used]
    reasons_of_ignored = [reasons.get(path, NOT_PLACED) for path in ignored]
    planned = [not_reconstructed(entry, LOCALIZER) for entry in planning] if series else []
    images = planned + _single_images([*lonely, *alone])
    shown = {path for entry in images for path in entry.sources}
    viewable = [reasons.get(path, NOT_PLACED) for path in ignored if path in shown]
    return ScanListing(
        tuple(replace(entry, index=n) for n, entry in enumerate(series or planning)),
        len(ignored),
        tuple(problems),
        reason_counts(reasons_of_ignored),
        tuple(images),
        reason_counts(viewable),
    )


def _read(paths: Sequence[Path]) -> Job[_Headers]:
    read = _Headers([], [], [], {})
    denied: dict[str, list[Path]] = {}
    for number, path in enumerate(paths):
        message = f"Reading headers: {number:,} of {counted(len(paths), 'file')}"
        yield Progress(number / len(paths), message)
        span = number / len(paths), (number + 1) / len(paths)
        try:
            result = yield from within(_read_file(path), *span)
        except UserError as error:
            read.problems.append(Problem(path.name, str(error)))
            read.reasons[path] = NOT_PLACED
            continue
        if isinstance(result, Skipped):
            read.reasons[path] = result.reason
            if result.denied:
                denied.setdefault(result.denied, []).append(path)
        elif isinstance(result, Segmentation):
            read.segmentations.append(result)
        else:
            read.slices.extend(result)
    read.problems += [_denied(message, files) for message, files in denied.items()]
    return read


def _read_file(path: Path) -> Job[tuple[SliceHeader, ...] | Segmentation | Skipped]:
    """The images of a file, or its segmentation."""
    result = yield from within(read_slices(path), 0.0, 0.5)
    if not isinstance(result, StoredSegments):
        return result
    try:
        job = seriously(segmentation(result.header, result.pixels))
        return (yield from within(job, 0.5, 1.0))
    except UNREADABLE as error:
        raise UserError(
            f"The segmentation '{path.name}' cannot be opened: its header breaks the standard "
            f"({' '.join(str(error).split())[:200]}). Export it again."
        ) from error


def _sorted(slices: Sequence[SliceHeader]) -> Job[tuple[list[Group], list[Group]]]:
    """Groups of several positions, named and in the order of their series; and the other groups."""
    stacks: list[tuple[Rank, Group]] = []
    alone: list[Group] = []
    whole: dict[int, tuple[Bundle, Group]] = {}  # series that cover a single position
    collected = yield from _aside(partial(by_series, slices), len(slices))
    for number, bundle in enumerate(collected):
        yield Progress(0.8 * number / len(collected), SORTING)
        parts = yield from _aside(partial(groups, bundle), len(bundle.slices))
        if len(parts) == 1 and parts[0].alone:
            whole[id(bundle)] = bundle, parts[0]
        else:
            order = rank(bundle.slices[0].series)
            stacks += [(order, group) for group in parts if not group.alone]
            alone += [group for group in parts if group.alone]
    bundles = [bundle for bundle, _ in whole.values()]
    together, single = yield from within(joined_series(bundles), 0.8, 1.0)
    alone += [whole[id(bundle)][1] for bundle in single]
    stacks += [(rank(group.first.series), group) for group in together]
    return with_names([group for _, group in sorted(stacks, key=lambda pair: pair[0])]), alone


def _aside(call: Callable[[], R], slices: int) -> Job[R]:
    """The result of ``call``, which takes long only where ``slices`` are many."""
    if slices < MANY_SLICES:
        return call()
    return (yield from aside(call, Progress(0.0, SORTING)))


def _denied(message: str, files: Sequence[Path]) -> Problem:
    return Problem(
        files[0].name,
        f"{and_more(files, 'files')} cannot be read: {message}. Check that they are still there "
        "and that you may read them.",
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
        _series_on_grid(
            group, f"{group.name}, grid {number + 1}" if alike[1:] else group.name, tuple(stacks)
        )
        for number, stacks in enumerate(alike)
    ]


def _stack(group: Group, slices: Sequence[SliceHeader]) -> Stack:
    try:
        return stacked(slices)
    except ValueError as error:
        raise UserError(f"'{group.name}' cannot be stacked to a volume: {error}.") from error


def _same_grid(stack: Stack, other_stack: Stack) -> bool:
    return stack.slots == other_stack.slots and stack.geometry.matches(
        other_stack.geometry, SAME_GRID_MM
    )


def _single_images(groups: Sequence[Group]) -> list[Series]:
    """Images of a single position each; those whose files are cut short are left out."""
    images = []
    for group in with_names(groups):
        if stacks := single_image_stacks(group):
            reason = LOCALIZER if group.first.localizer else SINGLE
            images.append(not_reconstructed(_series_on_grid(group, group.name, stacks), reason))
    return images


def _series_on_grid(group: Group, name: str, stacks: tuple[Stack, ...]) -> Series:
    first = stacks[0]
    tags = first.slices[0].series
    warnings = dict.fromkeys((*group.warnings, *(w for stack in stacks for w in stack.warnings)))
    unique_warnings: tuple[ScanWarning, ...] = tuple(warnings)
    files = dict.fromkeys(header.file.path for stack in stacks for header in stack.slices)
    details = replace(
        tags.details,
        person=tags.person,
        contrast=contrast_text(first.slices[0]),
        folder=first.slices[0].file.path.parent,
    )
    return Series(
        index=0,
        name=name,
        uid=tags.uid,
        modality=tags.modality,
        geometry=first.geometry,
        unit=tags.unit,
        frames=len(stacks),
        warnings=unique_warnings,
        read=StoredStacks(name, stacks, unique_warnings).read,
        sources=tuple(files),
        patient=tags.patient,
        details=details,
        preview=partial(StoredStacks(name, (middle_image(stacks),), ()).read, 0),
        interval_s=interval_s([stack.slices for stack in stacks]),
    )
