"""Measurements as a table (CSV) that every spreadsheet opens."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from srviewer import RESEARCH_USE_ONLY
from srviewer.atomic import write_text
from srviewer.core.regions.roi import Roi, values_inside
from srviewer.core.visible_text import visible
from srviewer.core.volumes.volume import Volume
from srviewer.io.export.csv_cells import csv_cell

HEAD = ("name", "kind", "plane", "length_mm", "angle_degrees", "area_mm2")
VALUES = ("count", "mean", "sd", "min", "max")


def write_csv(path: Path, rois: Sequence[Roi], volumes: Sequence[tuple[str, Volume]]) -> None:
    """Write one row for each measurement, with its values in each volume.

    Args:
        path: The file to write; an existing one is replaced.
        rois: The measurements, in RAS+ mm.
        volumes: Title and volume; values are in the volume's unit.

    Raises:
        UserError: The file cannot be written.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    titles = [f"{title}_{value}" for title, _ in volumes for value in VALUES]
    writer.writerow(map(csv_cell, [*HEAD, *titles, "points_ras_mm", "notice"]))
    for roi in rois:
        points = " ".join(",".join(f"{mm:.3f}" for mm in point) for point in roi.points_mm)
        cells = [
            roi.name,
            roi.kind,
            roi.plane.title.lower(),
            *(_number(value) for value in (roi.length_mm, roi.degrees, roi.area_mm2)),
            *(cell for _, volume in volumes for cell in _cells(roi, volume)),
            points,
            RESEARCH_USE_ONLY,
        ]
        writer.writerow(visible(csv_cell(cell)) for cell in cells)
    write_text(path, text.getvalue())


def _cells(roi: Roi, volume: Volume) -> list[str]:
    values = values_inside(roi, volume)
    if values is None:
        return [""] * len(VALUES)
    numbers = (values.mean, values.sd, values.minimum, values.maximum)
    return [str(values.count), *(_number(value) for value in numbers)]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
