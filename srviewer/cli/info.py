"""srviewer info: what a file or folder holds."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from srviewer.cli.console import Outcome, follow
from srviewer.cli.outputs import check_outputs
from srviewer.cli.sources import left_out
from srviewer.core.geometry import AXIS_NAMES, Geometry
from srviewer.io.formats import scan
from srviewer.io.series import Series


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One path: a file, a folder or a zip."""
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--voxels",
        action="store_true",
        help="read the voxels too, for what headers do not tell: label maps, values that are no "
        "numbers, a matrix that the scanner interpolated",
    )


def execute(args: argparse.Namespace) -> Outcome:
    """List the series that were found."""
    check_outputs(args, [args.path])
    found = follow(scan([args.path]))
    if args.voxels:
        found = replace(found, series=tuple(map(_looked_into, found.series)))
    lines = [_text(series) for series in found.series]
    lines.extend(left_out(found))
    values = {
        "series": [_values(series) for series in found.series],
        "ignored": found.ignored,
        "skipped": dict(found.skipped),
        "problems": list(found.problems),
    }
    return Outcome("\n".join(lines), values)


def _looked_into(series: Series) -> Series:
    """The series with the warnings of its first volume's voxels as well."""
    return replace(series, warnings=follow(series.read(0)).warnings)


def _values(series: Series) -> dict[str, Any]:
    geometry = series.geometry
    return {
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


def _text(series: Series) -> str:
    geometry = series.geometry
    axis = thick_axis_name(geometry)
    thick = f"thick along {axis}, factor {thick_factor(geometry):.2f}" if axis else "no thick axis"
    head = (
        f"{series.index}: {series.name}  [{series.modality or 'modality not given'}]  "
        f"{' x '.join(map(str, geometry.shape))} voxels of "
        f"{' x '.join(f'{mm:.3g}' for mm in geometry.spacing)} mm, {thick}"
    )
    if geometry.spacing[2] > 1.005 * geometry.distance(2):
        head += f", {geometry.distance(2):.3g} mm across the tilted slices"
    if series.frames > 1:
        head += f", {series.frames} volumes"
    return "\n".join([head, *(f"   {w.code}: {w.message}" for w in series.warnings)])


def thick_axis_name(geometry: Geometry) -> str | None:
    """ "i", "j", "k", or None when the voxels are nearly cubes."""
    return None if geometry.thick_axis is None else AXIS_NAMES[geometry.thick_axis]


def thick_factor(geometry: Geometry) -> float:
    """The thick spacing over the coarser of the others; 1.0 when no axis is thick."""
    return 1.0 if geometry.thick_axis is None else geometry.thick_ratio(geometry.thick_axis)
