"""The texts by which a series is chosen: what it is, and whether it suits a reconstruction."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import blocking_warnings, is_segmentation
from srviewer.gui.dialogs.thumbnail import sharp_plane, slice_axis
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import counts, millimetres
from srviewer.io.scans.series import Series
from srviewer.sr.stacks.joinable.groups import JoinableGroup

COLUMNS = (
    mark("Series"),
    mark("Time"),
    mark("Plane"),
    mark("Slices"),
    mark("Pixels"),
    mark("Reconstruction"),
)


@dataclass(frozen=True)
class Group:
    """Series of one patient, study date and folder.

    Attributes:
        title: The heading; untrusted text.
        folder: The folder that the rows are named relative to; None where there is none.
        series: In the order of the listing.
    """

    title: str
    folder: Path | None
    series: tuple[Series, ...]


def grouped(series: Sequence[Series]) -> list[Group]:
    """Group series by person, study date and folder.

    A folder that holds a single series, as scanners export them, counts as the folder above it.

    Args:
        series: At least one.

    Returns:
        The groups by patient, then by study date and folder.
    """
    folders = _folders(series)
    root = _root([folder for folder in folders.values() if folder is not None])
    members: dict[tuple[str, str, str, str], list[Series]] = {}
    for entry in series:
        details, folder = entry.details, folders[entry.index]
        key = details.patient, details.person, details.study_date, str(folder or "")
        members.setdefault(key, []).append(entry)
    groups = []
    for (patient, _, date, _), entries in sorted(members.items(), key=lambda pair: pair[0]):
        folder = folders[entries[0].index]
        parts = (patient, date, _relative(folder, root))
        title = "  \u00b7  ".join(filter(None, parts)) or tr("Files")
        groups.append(Group(title, folder, tuple(entries)))
    return groups


def columns_of(series: Series, folder: Path | None) -> tuple[str, ...]:
    """The texts of the ``COLUMNS`` of a series.

    Args:
        series: The series.
        folder: Of its group.

    Returns:
        Untrusted text, up to two lines each.
    """
    name = series.name or tr("without a name")
    geometry, details = series.geometry, series.details
    axis = slice_axis(geometry)
    pixels = [n for a, n in enumerate(geometry.shape) if a != axis]
    spacing = [mm for a, mm in enumerate(geometry.spacing) if a != axis]
    volumes = tr("{count} volumes", count=series.frames) if series.frames > 1 else ""
    own = details.folder.name if details.folder is not None and details.folder != folder else ""
    second = ", ".join(filter(None, (series.modality, details.contrast, volumes, own)))
    slices = tr(
        "{count} of {mm}", count=geometry.shape[axis], mm=millimetres([geometry.spacing[axis]])
    )
    return (
        f"{name}\n{second}".strip(),
        details.time,
        tr(sharp_plane(geometry).title).lower(),
        slices,
        f"{counts(pixels)}\n{millimetres(spacing)}",
        suitability(series),
    )


def suitability(series: Series) -> str:
    """Describe in a few words whether a series suits a reconstruction.

    Args:
        series: The series.

    Returns:
        The translated text.
    """
    geometry = series.geometry
    if series.view_only:
        return tr("to view only")
    if is_segmentation(series.warnings):
        return tr("no scan: mask or labels")
    if geometry.thick_axis is None:
        return tr("thin already")
    if blocking_warnings(series.warnings):
        return tr("suitable, read a warning")
    ratio = geometry.thick_ratio(geometry.thick_axis)
    return tr("thick \u00d7{ratio:.1f}, suitable", ratio=ratio)


def explanation(series: Series) -> str:
    """Explain the suitability of a series, with its warnings.

    Args:
        series: The series.

    Returns:
        Sentences in the language of the window; untrusted text.
    """
    first = blocking_warnings(series.warnings)
    warnings = [tr(warning.message) for warning in dict.fromkeys((*first, *series.warnings))]
    if series.view_only or is_segmentation(series.warnings):
        return " ".join(warnings)
    geometry = series.geometry
    if geometry.thick_axis is None:
        start = tr("The voxels are nearly cubes: open it to compare, simulate and score.")
    else:
        start = tr(
            "The slices are {ratio:.1f} times as thick as the pixels are wide: suitable for a "
            "reconstruction.",
            ratio=geometry.thick_ratio(geometry.thick_axis),
        )
    return " ".join((start, *(f"\u26a0 {warning}" for warning in warnings)))


def group_text(group: JoinableGroup) -> str:
    """The offer to join stacks.

    Args:
        group: The stacks.

    Returns:
        Their number, planes and names, and what must be known of them.
    """
    planes = (tr(sharp_plane(series.geometry).title).lower() for series in group.stacks)
    title = f"{tr(group.title)}: {', '.join(dict.fromkeys(planes))}"
    names = ", ".join(visible_line(series.name) for series in group.stacks)
    return "\n".join((title, names, *map(tr, group.notes)))


def likeliest(series: Sequence[Series]) -> int:
    """The series that is offered first: the scan with the most slices.

    Args:
        series: At least one.

    Returns:
        Its position among them; a scan before segmentations, and those before localizers.
    """

    def likelihood(entry: Series) -> tuple[bool, bool, int]:
        slices = entry.geometry.shape[slice_axis(entry.geometry)]
        return not entry.view_only, not is_segmentation(entry.warnings), slices

    return max(range(len(series)), key=lambda number: likelihood(series[number]))


def _folders(series: Sequence[Series]) -> dict[int, Path | None]:
    """The folder of each series by its index; of a folder with one series, the folder above."""
    numbers = Counter(entry.details.folder for entry in series)
    alone = len(numbers) > 1

    def folder_of(entry: Series) -> Path | None:
        folder = entry.details.folder
        return folder.parent if folder and alone and numbers[folder] == 1 else folder

    return {entry.index: folder_of(entry) for entry in series}


def _root(folders: Sequence[Path]) -> Path | None:
    """The folder above all of some, which may be inside an archive; None on several drives."""
    try:
        return Path(os.path.commonpath(folders)) if folders else None
    except ValueError:
        return None


def _relative(folder: Path | None, root: Path | None) -> str:
    """The folder from the one above all folders on, with the name of that one."""
    if folder is None or root is None:
        return str(folder or "")
    return str(folder.relative_to(root.parent))
