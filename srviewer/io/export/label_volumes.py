"""The volumes of labels before and after a correction as a table (CSV)."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from srviewer import RESEARCH_USE_ONLY
from srviewer.atomic import write_text
from srviewer.core.masks.label_volumes import BLIND_TO, LabelVolume
from srviewer.core.visible_text import visible
from srviewer.io.export.csv_cells import csv_cell

HEAD = (
    *("mask", "label", "name", "voxels_before", "voxels_after", "ml_before", "ml_after"),
    *("difference_ml", "difference_percent", "voxel_mm3", "blind_to", "notice"),
)
ALL = "all"


def label_table(rows: Sequence[LabelVolume], mask: str, separator: str) -> str:
    """Write volumes as text, a line for each label.

    Args:
        rows: The volumes.
        mask: The name of the mask, untrusted.
        separator: Between cells: "," for a file, a tab for the clipboard.

    Returns:
        Lines with a head.
    """
    text = StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(HEAD)
    for row in rows:
        percent = row.difference_percent
        cells = [
            *(mask, str(row.value) if row.value else ALL, row.name),
            *(str(row.before), str(row.after)),
            *map(_number, (row.before_ml, row.after_ml, row.difference_ml)),
            "" if percent is None else _number(percent),
            *(_number(row.voxel_mm3), BLIND_TO, RESEARCH_USE_ONLY),
        ]
        writer.writerow(visible(csv_cell(cell)) for cell in cells)
    return text.getvalue()


def write_label_volumes(path: Path, rows: Sequence[LabelVolume], mask: str) -> None:
    """Write volumes as a CSV file.

    Args:
        path: The file to write; an existing one is replaced.
        rows: The volumes.
        mask: The name of the mask.

    Raises:
        UserError: The file cannot be written.
    """
    write_text(path, label_table(rows, mask, ","))


def _number(value: float) -> str:
    return f"{value:.10g}"
