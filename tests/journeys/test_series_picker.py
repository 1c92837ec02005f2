"""A user chooses among the series of several patients, with localizers and single images."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.dialogs.series_tree import EXPLANATION
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run
from srviewer.study.sessions.session_file import read_session

Until = Callable[[Callable[[], bool]], None]
MOVE = Qt.KeyboardModifier


def _copies(files: list[Path], folder: Path, uid: str, **tags: object) -> None:
    """The same images as another series."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        dataset = dcmread(path)
        dataset.SeriesInstanceUID, dataset.SOPInstanceUID = uid, generate_uid()
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        for keyword, value in tags.items():
            setattr(dataset, keyword, value)
        dataset.save_as(folder / f"{uid}_{path.name}")


@pytest.fixture
def hospital(two_series: Path) -> Path:
    """Two series of one patient, a twin of one, a localizer, a single image, another patient."""
    thick = sorted(two_series.glob("s1*.dcm"))
    day = {"StudyDate": "20210308"}
    _copies(thick, two_series, "1.5.1", SeriesTime="103215.5", EchoTime=80, **day)
    _copies(thick, two_series, "1.5.2", SeriesTime="104000", EchoTime=30, **day)
    localizer = {"SeriesDescription": "Scout", "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}
    _copies(thick[:3], two_series, "1.5.3", **localizer, **day)
    _copies(thick[4:5], two_series, "1.5.4", SeriesDescription="Single shot", **day)
    other = {"PatientName": "Roe^Richard", "PatientID": "77", "SeriesDescription": "Spine"}
    _copies(thick, two_series / "roe", "1.5.5", **other)
    return two_series


def _shown(window: MainWindow) -> SeriesPicker | None:
    return next((p for p in window.findChildren(SeriesPicker) if p.isVisible()), None)


def _asked(window: MainWindow, until: Until, folder: Path) -> SeriesPicker:
    window.open([folder])
    until(lambda: _shown(window) is not None)
    picker = _shown(window)
    assert picker is not None
    return picker


def _numbers(picker: SeriesPicker) -> dict[str, int]:
    """The index of each series by its UID."""
    return {series.uid: series.index for series in picker._every}


def _at(picker: SeriesPicker, number: int) -> QPoint:
    item = picker.tree.row(number)
    picker.tree.scrollToItem(item)
    return picker.tree.visualItemRect(item).center()


def _headings(picker: SeriesPicker) -> list[str]:
    items = (picker.tree.topLevelItem(n) for n in range(picker.tree.topLevelItemCount()))
    return [item.text(0) for item in items if item is not None and not item.isHidden()]


def test_twins_are_distinguished_and_several_chosen_by_mouse_and_keys(
    window: MainWindow, until: Until, qtbot: QtBot, hospital: Path
) -> None:
    picker = _asked(window, until, hospital)
    tree, numbers = picker.tree, _numbers(picker)
    headings = _headings(picker)
    assert [title.split("  ")[0] for title in headings[:3]] == ["Phantom, phantom"] * 2 + [
        "Roe Richard, 77"
    ]
    assert "2021-03-08" in headings[1] and tree.row(numbers["1.5.5"]).text(0).endswith("roe")
    assert headings[3].startswith("Not opened")
    skipped = tree.topLevelItem(3)
    assert skipped is not None and skipped.child(0).text(0) == "files that are no DICOM (1)"
    twins = [tree.row(numbers[uid]) for uid in ("1.5.1", "1.5.2")]
    assert [twin.text(1) for twin in twins] == ["10:32:15", "10:40:00"]
    assert ["TE 80 ms" in twins[0].text(0), "TE 30 ms" in twins[1].text(0)] == [True, True]
    assert [twins[0].text(n) for n in (2, 3, 5)] == ["axial", "9 of 4 mm", "thick ×4.0, suitable"]  # noqa: RUF001
    until(lambda: not picker.thumbnails.work.tasks)
    viewport = tree.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=_at(picker, numbers["1.5.1"]))
    place = _at(picker, numbers["1.5.5"])
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, MOVE.ControlModifier, place)
    assert [series.uid for series, _ in picker.choices()] == ["1.5.1", "1.5.5"]
    assert picker._choose.text() == "Open 2 series"
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=_at(picker, numbers["1.5.1"]))
    QTest.keyClick(tree, Qt.Key.Key_Down, MOVE.ShiftModifier)
    assert [series.uid for series, _ in picker.choices()] == ["1.5.1", "1.5.2"]
    QTest.keyPress(tree, Qt.Key.Key_Control, MOVE.ControlModifier)
    tree.choose(numbers["1.5.5"])
    assert [series.uid for series, _ in picker.choices()] == ["1.5.5"]
    QTest.keyRelease(tree, Qt.Key.Key_Control)
    tree.choose_all([numbers["1.5.1"], numbers["1.5.2"]])
    QTest.keyClick(tree, Qt.Key.Key_Return)
    until(lambda: len(window.studies.states) == 2)
    assert _shown(window) is None
    again = next(a for a in window.findChildren(QAction) if a.text() == "Other series\u2026")
    again.trigger()
    QTest.keyClicks(_shown(window).tree, "spine")
    QTest.keyClick(_shown(window).filter, Qt.Key.Key_Return)
    until(lambda: len(window.studies.states) == 3)
    assert window.study.scan.name == "Spine (1)"


def test_letters_filter_and_a_localizer_is_viewed_and_not_reconstructed(
    window: MainWindow, until: Until, qtbot: QtBot, hospital: Path, tmp_path: Path
) -> None:
    picker = _asked(window, until, hospital)
    tree, numbers = picker.tree, _numbers(picker)
    QTest.keyClicks(tree, "richard")
    assert picker.filter.text() == "richard" and picker.filter.hasFocus()
    assert [series.uid for series, _ in picker.choices()] == ["1.5.5"]
    picker.filter.clear()
    QTest.keyClicks(picker.filter, "nothing like it")
    assert picker.choices() == [] and not picker._choose.isEnabled()
    QTest.keyClick(picker.filter, Qt.Key.Key_Return)
    assert picker.isVisible()
    picker.filter.clear()
    QTest.keyClicks(picker.filter, "scout 03-08")
    assert tree.row(numbers["1.5.3"]).text(5) == "to view only"
    assert "localizer" in tree.row(numbers["1.5.3"]).data(0, EXPLANATION)
    place = _at(picker, numbers["1.5.3"])
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    until(lambda: window.study.scan is not None)
    scan = window.study.scan
    assert scan is not None and scan.geometry.shape[2] == 3
    assert window.study.view.only is Plane.AXIAL
    start = next(b for b in window.panels.findChildren(QPushButton) if "Localizer" in b.text())
    assert start.text() == "Localizer: to view only" and not start.isEnabled()
    assert "only to plan" in start.toolTip() and not window.controller.reconstructing.allowed
    window.controller.reconstructing.start()
    assert window.controller.reconstructing.scan is None and not window.error_bar.isVisible()
    path = tmp_path / "view.srviewer"
    window.housekeeping.files.save(path)
    until(lambda: path.exists() and not window.controller.work.tasks)
    assert read_session(path).studies[0].scan.uid == "1.5.3"
    window.open([path])
    until(lambda: window.study.scan not in (None, scan))
    assert window.study.scan.geometry.matches(scan.geometry)
    assert not window.controller.reconstructing.allowed


def test_a_single_image_is_opened_in_its_plane_alone(
    window: MainWindow, until: Until, hospital: Path, head: Volume
) -> None:
    (image,) = hospital.glob("1.5.4_*")
    window.open([image])
    until(lambda: window.study.scan is not None)
    opened, only = window.study.scan, window.study.view.only
    assert opened is not None and opened.geometry.shape == (40, 48, 1)
    assert only is not None and only.title == "Axial" and not window.error_bar.isVisible()
    assert opened.geometry.spacing == pytest.approx((1, 1, 4))
    start = next(b for b in window.panels.findChildren(QPushButton) if "Single" in b.text())
    assert not start.isEnabled()
    QApplication.processEvents()
    listing = run(scan([hospital]))
    (single,) = (entry for entry in listing.view_only if entry.uid == "1.5.4")
    assert np.array_equal(run(single.read(0)).voxels, opened.voxels)
    assert all(_of_one_person(entry) for entry in listing.every_series)


def _of_one_person(series: Series) -> bool:
    people = {dcmread(path).PatientID for path in series.sources}
    return len(people) == 1 and ("77" in people) == ("roe" in str(series.sources[0]))


def test_the_whole_explanation_of_a_row_is_shown(
    window: MainWindow, hospital: Path, until: Until
) -> None:
    picker = _asked(window, until, hospital)
    shown = picker._explanation
    for number in _numbers(picker).values():
        QTest.mouseClick(picker.tree.viewport(), Qt.MouseButton.LeftButton, pos=_at(picker, number))
        shown.setText(" ".join([shown.text()] * 4))  # as of a series with several warnings
        QApplication.processEvents()
        assert shown.height() >= shown.heightForWidth(shown.width())
    picker.reject()
