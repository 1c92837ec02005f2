"""A curve over the volumes of a series in time as a table (CSV)."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from srviewer import RESEARCH_USE_ONLY
from srviewer.atomic import write_text
from srviewer.core.visible_text import visible
from srviewer.io.export.csv_cells import csv_cell


def write_time_curve(
    path: Path, values: Sequence[float], interval_s: float | None, unit: str, where: str
) -> None:
    """Write one row for each volume.

    Args:
        path: The file to write; an existing one is replaced.
        values: One for each volume; NaN, an empty cell, where it is not known.
        interval_s: Seconds between two volumes; None, empty cells, where that is unknown.
        unit: Of the values, "" where it is unknown.
        where: The voxel or region that the values are of, in words.

    Raises:
        UserError: The file cannot be written.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["volume", "time_s", "value", "unit", "of", "notice"])
    for frame, value in enumerate(values):
        time_s = "" if interval_s is None else f"{frame * interval_s:.6g}"
        shown = "" if value != value else f"{value:.6g}"
        cells = [str(frame + 1), time_s, shown, unit, where, RESEARCH_USE_ONLY]
        writer.writerow(visible(csv_cell(cell)) for cell in cells)
    write_text(path, text.getvalue())
