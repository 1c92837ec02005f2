"""srviewer info: the series in a file or folder."""

import argparse
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from srviewer.cli.console.verb_output import VerbOutput, run_with_progress
from srviewer.cli.options.outputs import check_outputs
from srviewer.cli.options.sources import left_out
from srviewer.core.geometry.grid import AXIS_NAMES, Geometry
from srviewer.core.visible_text import visible_line
from srviewer.io.formats import scan
from srviewer.io.header_rows import HeaderRow
from srviewer.io.header_view import header_rows
from srviewer.io.scans.series import Series
from srviewer.sr.stacks.joinable.groups import JoinableGroup, joinable_groups

LONGEST_ON_A_LINE = 300  # characters of a value; the JSON has all of it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare one path: a file, a folder or a zip.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--voxels",
        action="store_true",
        help="read the voxels too, for warnings that headers cannot give: label maps, values that "
        "are no numbers, a matrix that the scanner interpolated",
    )
    parser.add_argument(
        "--tags",
        nargs="?",
        const="",
        metavar="FILTER",
        help="the header of each series too (DICOM tags, NIfTI fields), or the rows of it that "
        "hold FILTER; it may name the patient",
    )


def execute(args: argparse.Namespace) -> VerbOutput:
    """List the series of a path.

    Args:
        args: The parsed arguments.

    Returns:
        The series with geometry and warnings, and the files that were left out.
    """
    check_outputs(args, [args.path])
    listing = run_with_progress(scan([args.path]))
    if args.voxels:
        listing = replace(listing, series=tuple(map(_with_voxel_warnings, listing.series)))
    headers = [_header(series, args.tags) for series in listing.series]
    pairs = list(zip(listing.series, headers, strict=True))
    groups = run_with_progress(joinable_groups(listing.series))
    lines = [*(_text(*pair) for pair in pairs), *map(_joinable, groups), *left_out(listing)]
    values = {
        "series": [_values(*pair) for pair in pairs],
        "joinable": [
            {"series": [series.index for series in group.stacks], "notes": list(group.notes)}
            for group in groups
        ],
        "ignored": listing.ignored,
        "skipped": dict(listing.skipped),
        "problems": [problem.text for problem in listing.problems],
    }
    return VerbOutput("\n".join(lines), values)


def _with_voxel_warnings(series: Series) -> Series:
    """The series with the warnings of its first volume's voxels as well."""
    return replace(series, warnings=run_with_progress(series.read(0)).warnings)


def _header(series: Series, wanted: str | None) -> list[HeaderRow] | None:
    """The header rows of its first file that hold ``wanted``; None where it was not asked for."""
    if wanted is None:
        return None
    return [row for row in run_with_progress(header_rows(series.sources[0])) if row.matches(wanted)]


def _values(series: Series, header: list[HeaderRow] | None) -> dict[str, Any]:
    geometry = series.geometry
    values = {
        "index": series.index,
        "name": series.name,
        "uid": series.uid,
        "modality": series.modality,
        "shape": list(geometry.shape),
        "spacing_mm": list(geometry.spacing),
        "distance_mm": [geometry.distance(axis) for axis in range(3)],
        "affine": geometry.affine.tolist(),
        "unit": series.unit,
        "thick_axis": thick_axis_name(geometry),
        "factor": thick_factor(geometry),
        "frames": series.frames,
        "warnings": [
            {"code": w.code, "message": w.message, "where_mm": list(w.where_mm)}
            for w in series.warnings
        ],
    }
    return values if header is None else {**values, "tags": [asdict(row) for row in header]}


def _text(series: Series, header: list[HeaderRow] | None) -> str:
    geometry = series.geometry
    axis = thick_axis_name(geometry)
    thick = f"thick along {axis}, factor {thick_factor(geometry):.2f}" if axis else "no thick axis"
    head = (
        f"{series.index}: {visible_line(series.name)}  "
        f"[{visible_line(series.modality) or 'modality not given'}]  "
        f"{' x '.join(map(str, geometry.shape))} voxels of "
        f"{' x '.join(f'{mm:.3g}' for mm in geometry.spacing)} mm, {thick}"
    )
    if geometry.spacing[2] > 1.005 * geometry.distance(2):
        head += f", {geometry.distance(2):.3g} mm across the tilted slices"
    if series.frames > 1:
        head += f", {series.frames} volumes"
    warnings = (f"   {w.code}: {w.message}" for w in series.warnings)
    rows = (
        "   " + "  ".join(filter(None, map(visible_line, (r.key, r.name, _shortened(r.value)))))
        for r in header or ()
    )
    return "\n".join([head, *warnings, *rows])


def _joinable(group: JoinableGroup) -> str:
    numbers = ", ".join(str(series.index) for series in group.stacks)
    return " ".join([f"can be joined: {numbers} ({group.title}).", *group.notes])


def _shortened(value: str) -> str:
    return value if len(value) <= LONGEST_ON_A_LINE else f"{value[:LONGEST_ON_A_LINE]}\u2026"


def thick_axis_name(geometry: Geometry) -> str | None:
    """The name of the thick axis.

    Args:
        geometry: The grid of a series.

    Returns:
        "i", "j" or "k"; None where no axis is thick.
    """
    return None if geometry.thick_axis is None else AXIS_NAMES[geometry.thick_axis]


def thick_factor(geometry: Geometry) -> float:
    """The thick spacing over the coarser of the others.

    Args:
        geometry: The grid of a series.

    Returns:
        1 or more; 1.0 where no axis is thick.
    """
    return 1.0 if geometry.thick_axis is None else geometry.thick_ratio(geometry.thick_axis)
