"""To add a format: one row of FORMATS. It is then opened, offered, named and looked into."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from srviewer.__main__ import main
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.widgets.plain_text import PlainLabel
from srviewer.gui.window.empty_page import EmptyPage
from srviewer.io.formats import FORMATS, Format, open_filter, read, scan
from srviewer.io.header_rows import HeaderRow
from srviewer.io.header_view import header_rows
from srviewer.io.scans.series import ScanListing, Series
from srviewer.job import Job, Progress, run


def _read(path: Path, frame: int) -> Job[Volume]:
    yield Progress(0.0, f"Reading {path.name}")
    with path.open("rb") as file:
        grid, voxels = _grid(file), np.load(file)
    return Volume(voxels, grid, path.stem)


def _grid(file: BinaryIO) -> Geometry:
    """Three arrays follow each other in a file: shape, affine, voxels."""
    return Geometry(tuple(map(int, np.load(file))), np.load(file))


def _scan(paths: Sequence[Path]) -> Job[ScanListing]:
    series = []
    for path in paths:
        yield Progress(0.0, f"Opening {path.name}")
        with path.open("rb") as file:
            grid = _grid(file)
        job = partial(_read, path)
        one = Series(len(series), path.stem, path.name, "MR", grid, "", 1, (), job, (path,))
        series.append(one)
    return ScanListing(tuple(series), 0)


def _header(path: Path) -> Job[tuple[HeaderRow, ...]]:
    yield Progress(0.0, f"Opening {path.name}")
    with path.open("rb") as file:
        return (HeaderRow("shape", "", " ".join(map(str, _grid(file).shape))),)


ADDED = Format("numpy", "NumPy volume", (".npvol",), _scan, _header)


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """FORMATS with one more row, wherever it was imported."""
    before = FORMATS
    for module in tuple(sys.modules.values()):
        if getattr(module, "FORMATS", None) is before:
            monkeypatch.setattr(module, "FORMATS", (*before, ADDED))


@pytest.fixture
def stored(thick_head: Volume, tmp_path: Path) -> Path:
    path = tmp_path / "scan.npvol"
    grid = thick_head.geometry
    with path.open("wb") as file:
        for array in (np.array(grid.shape), grid.affine, thick_head.voxels):
            np.save(file, array)
    return path


def test_it_is_opened_alone_and_in_a_folder(stored: Path, thick_head: Volume) -> None:
    volume = run(read(stored))
    assert np.array_equal(volume.voxels, thick_head.voxels)
    assert volume.geometry.matches(thick_head.geometry)
    assert run(scan([stored.parent])).series[0].name == "scan"


def test_it_is_offered_and_named(tmp_path: Path, qtbot: QtBot) -> None:
    assert "NumPy volume (*.npvol)" in open_filter()
    assert "*.npvol" in open_filter().split(";;")[0]
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(UserError, match=r"It opens: .*, NumPy volume"):
        run(scan([tmp_path / "notes.txt"]))
    page = EmptyPage()
    qtbot.addWidget(page)
    assert any("NumPy volume" in one.text() for one in page.findChildren(PlainLabel))


def test_the_command_line_opens_it(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(stored)]) == 0
    assert "40 x 48 x 9" in capsys.readouterr().out
    out = tmp_path / "out" / "thin.nii.gz"
    out.parent.mkdir()
    assert main(["reconstruct", str(stored), "-o", str(out), "--method", "cubic"]) == 0
    assert run(read(out)).geometry.shape[2] > 9


def test_its_header_is_shown(stored: Path) -> None:
    (row,) = run(header_rows(stored))
    assert (row.key, row.value) == ("shape", "40 48 9")
