"""A user drags series into the panes, beside the study that is shown."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from srviewer.gui.window.bars.second_study_bar import SecondStudyBar
from srviewer.gui.window.main_window import MainWindow
from srviewer.gui.window.thumbnails.thumbnail_strip import ThumbnailStrip
from two_studies import (
    BOTH_KEYS,
    Until,
    drag_thumbnail,
    large_panes,
    link_text,
    open_first,
    titles,
    wheel,
)


@pytest.fixture
def two_frames(window: MainWindow, until: Until, two_series: Path, qtbot: QtBot) -> MainWindow:
    """The thick one of two DICOM series of a folder, in two frames of reference, is open."""
    open_first(window, until, two_series)
    return window


def test_a_thumbnail_is_dragged_into_a_pane_and_linked_by_hand(
    two_frames: MainWindow, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    window, study, second = two_frames, two_frames.study, two_frames.studies.second
    strip = window.findChild(ThumbnailStrip)
    assert strip.isVisible() and strip.count() == 2
    assert [strip.item(row).text().split("\n")[1:] for row in (0, 1)] == [["shown"], []]
    said = drag_thumbnail(window, 1, window.compare.scan.panes[study.main_plane])
    assert said == "Shows 'T1 thin (2)' beside 'T2 thick (1)'"
    until(lambda: second.scan is not None)
    assert second.scan.name == "T1 thin (2)" and len(window.studies.states) == 2
    assert study.scan.name == "T2 thick (1)" and study.comparing.layout == "two-studies"
    until(lambda: strip.item(1).text().endswith("second study"))
    assert "Not linked: they have two frames of reference" in link_text(window)
    assert window.compare.second.pair.two.person == "same"
    left, _ = large_panes(window)
    before = second.view.cursor_mm
    wheel(left, 2)
    assert second.view.cursor_mm == before
    qtbot.keyClick(window, "L", Qt.KeyboardModifier.ShiftModifier)
    assert study.state.second_study.link.to_second(study.view.cursor_mm) == pytest.approx(before)
    bar = window.findChild(SecondStudyBar)
    qtbot.mouseClick(bar.by_hand, Qt.MouseButton.LeftButton)
    box = bar.offsets[2]
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), "6.5")
    qtbot.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    x, y, z = window.contents.seconds.offset_mm
    assert z == 6.5 and "Linked by hand" in link_text(window) and "6.5 mm" in link_text(window)
    here = study.view.cursor_mm
    assert second.view.cursor_mm == pytest.approx(np.add(here, (x, y, z)))
    qtbot.keyClick(window, "Z", Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, "Z", Qt.KeyboardModifier.ControlModifier)
    assert "Not linked" in link_text(window)
    qtbot.keyClick(window, "Z", BOTH_KEYS)
    link = study.state.second_study.link
    window.housekeeping.files.save(tmp_path / "both.srviewer")
    until(lambda: window.controller.work.tasks == ())
    window.studies.choice = "replace"
    while window.studies.states:
        window.studies.close(0)
    assert second.scan is None
    window.open([tmp_path / "both.srviewer"])
    until(lambda: len(window.studies.states) == 2 and second.scan is not None)
    assert second.scan.name == "T1 thin (2)"
    assert study.state.second_study.link == link and "Linked by hand" in link_text(window)


def test_a_drag_is_left_by_escape_and_a_drop_on_the_left_changes_places(
    two_frames: MainWindow, until: Until, qtbot: QtBot
) -> None:
    window, second = two_frames, two_frames.studies.second
    strip, handle = window.findChild(ThumbnailStrip), window.windowHandle()
    start = strip.viewport().mapTo(window, strip.visualItemRect(strip.item(1)).center())
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(handle, start + QPoint(300, 60))
    assert strip.drag.mark is not None
    qtbot.keyClick(strip, Qt.Key.Key_Escape)
    assert strip.drag.mark is None
    end = start + QPoint(300, 60)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert len(window.studies.states) == 1 and window.study.comparing.layout == "planes"
    drag_thumbnail(window, 1, window.compare.scan.panes[window.study.main_plane])
    until(lambda: second.scan is not None)
    left, _ = large_panes(window)
    qtbot.keyClick(window, "L", Qt.KeyboardModifier.ShiftModifier)
    offset = np.array(window.contents.seconds.offset_mm)
    assert drag_thumbnail(window, 1, left) == "Shows 'T1 thin (2)' here"
    assert window.study.scan.name == "T1 thin (2)" and second.scan.name == "T2 thick (1)"
    assert len(window.studies.states) == 2
    assert window.contents.seconds.offset_mm == pytest.approx(-offset)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert not strip.isVisible()


def test_two_people_are_named_in_each_pane(
    window: MainWindow, until: Until, two_series: Path, qtbot: QtBot
) -> None:
    for path in two_series.glob("s2*.dcm"):
        dataset = dcmread(path)
        dataset.PatientID, dataset.PatientName = "77", "Roe^Richard"
        dataset.save_as(path)
    open_first(window, until, two_series)
    strip = window.findChild(ThumbnailStrip)
    strip.setFocus()
    strip.setCurrentRow(1)
    qtbot.keyClick(strip, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: window.studies.second.scan is not None)
    _, right = large_panes(window)
    until(lambda: titles(right).startswith("ANOTHER PERSON"))
    assert window.compare.notes.notes[0].text.startswith("TWO PEOPLE: ")
    assert "Not linked: they are of two people" in link_text(window)
    strip.setCurrentRow(1)
    qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert window.study.scan.name == "T1 thin (2)" and window.studies.second.scan is None
