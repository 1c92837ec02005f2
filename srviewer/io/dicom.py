"""DICOM files of any order and mixture to series that can be read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from srviewer.errors import UserError
from srviewer.io.dicom_geometry import stacked
from srviewer.io.dicom_group import Group, groups
from srviewer.io.dicom_header import SliceHeader, read_slices
from srviewer.io.dicom_pixels import StoredStack
from srviewer.io.series import Found, Series
from srviewer.job import Job, Progress


def scan(paths: Sequence[Path]) -> Job[Found]:
    """The series of these files, from their headers alone.

    Files that are no images are ignored; single images and images that cannot be placed are
    problems. A series is made of the given files only, never of their neighbours.
    """
    slices: list[SliceHeader] = []
    problems: list[str] = []
    for number, path in enumerate(paths):
        if number % 8 == 0:
            yield Progress(number / len(paths), f"Reading headers: {number} of {len(paths)}")
        try:
            slices.extend(read_slices(path))
        except UserError as error:
            problems.append(str(error))
    series: list[Series] = []
    for group in groups(slices):
        try:
            series.append(_series(group, len(series)))
        except UserError as error:
            problems.append(str(error))
    used = {path for one in series for path in one.sources}
    return Found(tuple(series), len(paths) - len(used), tuple(problems))


def _series(group: Group, index: int) -> Series:
    if len(group.slices) < 2:
        raise UserError(
            f"'{group.name}' is a single slice; a volume needs at least 2. Open the folder that "
            "holds the whole series."
        )
    try:
        stack = stacked(group.slices)
    except ValueError as error:
        raise UserError(f"'{group.name}' cannot be stacked to a volume: {error}.") from error
    stack = replace(stack, warnings=group.warnings + stack.warnings)
    tags = group.slices[0].series
    return Series(
        index=index,
        name=group.name,
        uid=tags.uid,
        modality=tags.modality,
        geometry=stack.geometry,
        unit=tags.unit,
        frames=1,
        warnings=stack.warnings,
        read=StoredStack(group.name, stack).read,
        sources=tuple(dict.fromkeys(one.file.path for one in group.slices)),
        patient=tags.patient,
    )
