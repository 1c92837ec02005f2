"""The table of measurements."""

import csv
from pathlib import Path

import numpy as np
import pytest

from phantoms import numbered
from srviewer.core.regions.roi import Roi, boxed
from srviewer.core.slices.planes import Plane
from srviewer.errors import UserError
from srviewer.io.export.measurements import write_csv


def test_each_measurement_is_a_row_with_the_values_of_each_volume(tmp_path: Path) -> None:
    volume = numbered((5, 4, 3), np.eye(4))
    box = boxed("rectangle", Plane.AXIAL, volume.geometry, ((1, 1, 1), (2, 2, 1)), 'a "b", c')
    line = Roi("distance", Plane.CORONAL, ((0, 0, 0), (0, 3, 4)), "line")
    path = tmp_path / "m.csv"
    write_csv(path, [box, line], [("before", volume)])
    with path.open(newline="") as file:
        first, second = csv.DictReader(file)
    assert first["name"] == 'a "b", c'
    assert (first["before_count"], float(first["before_mean"])) == ("4", 23.5)  # 16 19 28 31
    assert (first["before_min"], first["before_max"]) == ("16", "31")
    assert second["length_mm"] == "5" and second["before_mean"] == ""
    assert second["points_ras_mm"] == "0.000,0.000,0.000 0.000,3.000,4.000"
    assert "Research use only" in first["notice"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        write_csv(tmp_path / "no" / "m.csv", [], [])


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+cmd", "'+cmd"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\\x0d=1"),
        (" =1", "' =1"),
        ("\uff1d1", "'\uff1d1"),
        ("-12.5", "-12.5"),
        ("+1e-3", "+1e-3"),
        ("lesion = 1", "lesion = 1"),
    ],
)
def test_no_name_is_run_by_a_spreadsheet(name: str, cell: str, tmp_path: Path) -> None:
    line = Roi("distance", Plane.CORONAL, ((-1, 0, 0), (0, 3, 4)), name)
    write_csv(tmp_path / "m.csv", [line], [("before", numbered((5, 4, 3), np.eye(4)))])
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == cell
    assert row["points_ras_mm"] == "-1.000,0.000,0.000 0.000,3.000,4.000"
