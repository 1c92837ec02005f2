"""Problems of DICOM images that make no volume, one for all images of a kind."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from srviewer.errors import UserError
from srviewer.io.dicom.elements.series_tags import SeriesTags
from srviewer.io.dicom.headers.header import SliceHeader, read_slices
from srviewer.io.dicom.volumes.grouping import Group
from srviewer.io.dicom.volumes.joined_series import LEAST
from srviewer.io.dicom.volumes.series import SORTING
from srviewer.io.scans.series import Problem
from srviewer.job import Job, Progress, run

Vector = npt.NDArray[np.float64]

# Modalities whose images lie side by side or one behind the other in a patient.
OF_SLICES = ("MR", "CT", "PT", "NM", "SEG", "")
# Limits of a cosine: of the normals' distance from one plane, and from one line.
FLAT, TURNED = 0.01, 0.03
MOST_BESIDE = 100  # files of a folder that are read to see whether it holds more of a series
AXIS_MM = 1.0  # the largest distance of the axis from a slice


def unused_image_problems(groups: Sequence[Group], given: Sequence[Path]) -> Job[list[Problem]]:
    """Describe images that make no volume.

    Args:
        groups: Groups that cover a single position each.
        given: All files that were read; others in their folders may complete a series.

    Returns:
        A problem for each radial stack, and for each series description of the others.
    """
    alike: dict[tuple[str, ...], list[Group]] = defaultdict(list)
    for group in groups:
        tags = group.first.series
        alike[tags.person, tags.study, tags.modality, tags.name].append(group)
    by_description: dict[tuple[str, str], list[Group]] = defaultdict(list)
    problems = []
    for number, members in enumerate(alike.values()):
        yield Progress(number / len(alike), SORTING)
        slices = [group.first for group in members]
        if _radial(slices):
            problems.append(Problem(slices[0].series.name, _turned(members), viewable=True))
        else:
            tags = slices[0].series
            by_description[tags.modality, tags.name] += members
    series_beside = cache(partial(_series_beside, frozenset(given)))
    alone = [
        Problem(name, _single(members, series_beside), viewable=True)
        for (_, name), members in by_description.items()
    ]
    return problems + alone


def _turned(groups: Sequence[Group]) -> str:
    return (
        f"{_count(groups)} images of '{groups[0].first.series.name}' are slices turned about one "
        "axis (a radial stack), no two of them parallel. srviewer needs parallel slices: open "
        "another series of this study."
    )


def _single(groups: Sequence[Group], series_beside: Callable[[Path], frozenset[SeriesTags]]) -> str:
    tags, count = groups[0].first.series, _count(groups)
    notes = dict.fromkeys(
        warning.message
        for group in groups
        for warning in group.warnings
        if warning.code == "mixed_series"
    )
    slices = tags.modality in OF_SLICES
    folders = {path.parent for group in groups for path in group.files}
    series = {group.first.series for group in groups}
    more = slices and not notes and any(series & series_beside(folder) for folder in folders)
    advice = ("Open the folder that holds the whole series.",) if more else ()
    message = _what(groups, count, slices)
    if notes and count > 1:  # which say why
        message = f"{count} images of '{tags.name}' make no volume."
    return " ".join((message, *notes, *advice))


def _what(groups: Sequence[Group], count: int, slices: bool) -> str:
    tags = groups[0].first.series
    numbered = f"{tags.name} ({tags.number})" if tags.number else tags.name
    if count == 1:
        kind = "slice" if slices else f"{tags.modality} image"
        return f"'{numbered}' is a single {kind}; a volume needs at least 2 slices."
    if len(groups) == 1:
        return f"{count} images of '{numbered}' lie at one place, so that they make no volume."
    numbers = {group.first.series.number for group in groups}
    start = f"{count} images of '{numbered if len(numbers) == 1 else tags.name}' make no volume: "
    series = {(group.first.series.uid, group.first.series.number) for group in groups}
    if len(series) == 1:
        return f"{start}each lies in a plane of its own."
    if len(series) < len(groups) or len(groups) < LEAST or not slices:
        return f"{start}they are single images of {len(series)} series."
    return f"{start}each is the only one of its series, and they make no regular grid together."


def _count(groups: Sequence[Group]) -> int:
    return sum(len(volume) for group in groups for volume in group.volumes)


def _series_beside(given: frozenset[Path], folder: Path) -> frozenset[SeriesTags]:
    """The series of the first few files in ``folder`` that were not given."""
    series: set[SeriesTags] = set()
    try:
        others = (path for path in folder.iterdir() if path not in given and path.is_file())
        for path in islice(others, MOST_BESIDE):
            with suppress(UserError):
                slices = run(read_slices(path))
                series.update([slices[0].series] if isinstance(slices, tuple) else ())
    except OSError:
        return frozenset()
    return frozenset(series)


def _radial(slices: Sequence[SliceHeader]) -> bool:
    """Whether the slices contain one line, about which each is turned against the others."""
    placed = [line for header in slices if (line := _middle_and_normal(header)) is not None]
    if len(placed) < max(LEAST, len(slices)):
        return False
    centres, normals = (np.array(rows) for rows in zip(*placed, strict=True))
    spread = np.linalg.svd(normals, compute_uv=False) / np.sqrt(len(normals))
    if spread[2] > FLAT or spread[1] < TURNED:
        return False
    through = (normals * centres).sum(axis=1)
    point = np.linalg.lstsq(normals, through, rcond=2 * FLAT)[0]
    return bool(np.abs(normals @ point - through).max() <= AXIS_MM)


def _middle_and_normal(header: SliceHeader) -> tuple[Vector, Vector] | None:
    """LPS mm of the slice's middle, and the unit vector across it; None where a value is absent."""
    if header.position is None or header.orientation is None or header.pixel_spacing is None:
        return None
    along, down = np.array(header.orientation).reshape(2, 3)
    down_mm, along_mm = header.pixel_spacing
    middle = np.array(header.position) + (
        along * along_mm * (header.columns - 1) / 2 + down * down_mm * (header.rows - 1) / 2
    )
    normal = np.cross(along, down)
    return middle, normal / np.linalg.norm(normal)
