"""A user opens things: by dropping them, by choosing among several, by mistake."""

from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.window.main_window import MainWindow

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]


def _picker(window: MainWindow) -> SeriesPicker | None:
    return next((p for p in window.findChildren(SeriesPicker) if p.isVisible()), None)


def test_drop_a_file_and_see_three_planes(
    window: MainWindow, drop: Drop, until: Until, thick_file: Path, thick_head: Volume
) -> None:
    assert drop([thick_file])
    until(lambda: window.study.scan is not None)
    scan = window.study.scan
    assert scan is not None
    assert np.array_equal(scan.voxels, thick_head.voxels)
    assert scan.geometry.matches(thick_head.geometry)
    panes = window.compare.scan.panes
    for plane, pane in panes.items():
        assert pane.isVisible() and pane.slice is not None
        assert pane.slice.count == scan.geometry.shape[plane.normal_axis(scan.geometry)]
    picture = panes[Plane.AXIAL].grab().toImage()
    middle = panes[Plane.AXIAL].position_of(window.study.view.cursor_mm)
    assert picture.pixelColor(round(middle.x()), round(middle.y())).value() > 60
    assert window.recent.entries() == ((thick_file,),)
    assert "Research use only" in _texts(window)


def _texts(window: MainWindow) -> str:
    from PySide6.QtWidgets import QLabel

    labels = window.statusBar().findChildren(QLabel)
    return " ".join(one.text() for one in labels if one.isVisible())


def test_what_is_no_file_is_not_welcome(window: MainWindow, drop: Drop) -> None:
    assert not drop([])
    assert window.controller.work.tasks == ()


def test_drop_a_folder_with_two_series_and_choose_with_the_keyboard(
    window: MainWindow, drop: Drop, until: Until, qtbot: QtBot, two_series: Path, head: Volume
) -> None:
    assert drop([two_series])
    until(lambda: _picker(window) is not None)
    picker = _picker(window)
    assert picker is not None
    texts = ["\n".join(picker.tree.row(row).text(n) for n in range(6)) for row in range(2)]
    assert any("T2 thick" in t and "9 of 4 mm" in t and "40 × 48" in t for t in texts)  # noqa: RUF001
    thin = next(row for row, text in enumerate(texts) if "T1 thin" in text)
    assert picker.choices()[0][0].index == thin  # the one with the most slices is offered first
    until(lambda: all(not _is_blank(picker, row) for row in range(2)))
    qtbot.keyClick(picker.tree, Qt.Key.Key_Return)
    until(lambda: window.study.scan is not None)
    scan = window.study.scan
    assert scan is not None
    assert scan.geometry.matches(head.geometry)
    assert np.abs(scan.voxels - head.voxels).max() <= 0.5
    assert len(window.study.sources) == 36
    assert _picker(window) is None


def _is_blank(picker: SeriesPicker, row: int) -> bool:
    picture = picker.tree.row(row).icon(0).pixmap(96, 96).toImage()
    return all(picture.pixelColor(x, picture.height() // 2).value() == 0 for x in range(90))


def test_choosing_nothing_leaves_the_open_study(
    opened: MainWindow, drop: Drop, until: Until, qtbot: QtBot, two_series: Path
) -> None:
    before = opened.study.scan
    drop([two_series])
    until(lambda: _picker(opened) is not None)
    picker = _picker(opened)
    assert picker is not None
    qtbot.keyClick(picker, Qt.Key.Key_Escape)
    until(lambda: opened.controller.work.tasks == ())
    assert opened.study.scan is before


def test_drop_a_zip(
    window: MainWindow, drop: Drop, until: Until, thick_file: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "scan.zip"
    with ZipFile(packed, "w") as archive:
        archive.write(thick_file, "inside/thick.nii.gz")
    drop([packed])
    until(lambda: window.study.scan is not None)
    assert window.study.sources == (packed,)


@pytest.mark.parametrize("kind", ["truncated", "text", "missing"])
def test_a_broken_file_leaves_the_open_study_as_it_was_and_says_why(
    kind: str, opened: MainWindow, drop: Drop, until: Until, thick_file: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.nii.gz"
    if kind == "truncated":
        broken.write_bytes(thick_file.read_bytes()[:2000])
    elif kind == "text":
        broken.write_text("this is no scan")
    scan, view = opened.study.scan, opened.study.view
    drop([broken])
    until(opened.error_bar.isVisible)
    assert opened.study.scan is scan
    assert opened.study.view == view
    message = opened.error_bar.message.text()
    assert "broken.nii.gz" in message
    assert "Traceback" not in message and "inside srviewer" not in message
    assert not opened.error_bar.details.isVisible()
    assert "Traceback" in opened.error_bar.details.toPlainText()
    assert opened.recent.entries() == ((thick_file,),)


def test_opening_something_that_works_takes_the_error_away(
    opened: MainWindow, drop: Drop, until: Until, thick_file: Path, tmp_path: Path
) -> None:
    drop([tmp_path / "absent.nii"])
    until(opened.error_bar.isVisible)
    before = opened.study.scan
    drop([thick_file])
    until(lambda: opened.study.scan is not before)
    assert not opened.error_bar.isVisible()
