"""Many tabs stay readable; closing asks during a reconstruction; exports on leaving are shown."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from srviewer.core.acquisition.degradation import Degradation
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.window.main_window import MainWindow
from wheel import turn_wheel

Until = Callable[[Callable[[], bool]], None]
ROLE = QMessageBox.ButtonRole


def _answered(text: str, do: Callable[[], object]) -> str:
    """What was asked while ``do`` ran, answered by the button with this text; "" for nothing."""
    asked: list[str] = []

    def reply() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            next(b for b in box.buttons() if b.text().replace("&", "") == text).click()

    QTimer.singleShot(0, reply)
    do()
    QApplication.processEvents()  # where nothing was asked, the answer must not wait for the next
    return "".join(asked)


def test_many_tabs_are_readable_and_the_wheel_switches_none(
    window: MainWindow, qtbot: QtBot, until: Until, thick_file: Path, tmp_path: Path
) -> None:
    paths = []
    for subject in ("sub-01", "sub-02"):
        folder = tmp_path / subject / "anat"
        folder.mkdir(parents=True)
        paths += [folder / "T1w.nii.gz", folder / f"{subject}_acq-a_very_long_name_T2w.nii.gz"]
    for path in paths:
        shutil.copy(thick_file, path)
    window.studies.choice = "add"
    window.open([*paths, thick_file])
    until(lambda: len(window.studies.states) == 5 and not window.controller.work.tasks)
    window.open([thick_file])
    until(lambda: len(window.studies.states) == 6 and not window.controller.work.tasks)

    tabs = window.tabs.tabs
    texts = [tabs.tabText(number) for number in range(6)]
    assert texts[0] == "sub-01/\u2026/T1w" and texts[2] == "sub-02/\u2026/T1w"
    assert texts[4:] == ["thick #1", "thick #2"] and len(set(texts)) == 6
    assert tabs.elideMode() is Qt.TextElideMode.ElideMiddle
    assert str(paths[1]) in tabs.tabToolTip(1) and "_acq-a_very_long_name_" in tabs.tabToolTip(1)
    assert all(tabs.tabRect(number).width() >= 180 for number in (1, 3))

    # The row scrolls; the wheel over it shows no other study.
    window.resize(1024, 768)
    before = window.studies.current
    window.studies.show(0)
    turn_wheel(tabs, -1)
    assert window.studies.current == 0 != before
    right = tabs.findChild(QToolButton, "ScrollRightButton")
    assert right is not None and right.isVisible()

    # All of them are in a list.
    window.tabs.all.menu().aboutToShow.emit()
    entries = window.tabs.all.menu().actions()
    assert [entry.text() for entry in entries] == texts and entries[0].isChecked()
    entries[4].trigger()
    assert window.studies.current == 4


def test_closing_a_tab_during_a_rebuild_asks(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2 and not opened.controller.work.tasks)
    opened.studies.show(0)
    opened.controller.reconstructing.start()
    task = opened.controller.work.running(RECONSTRUCT)
    assert task is not None
    task.hold(True)
    close = opened.actions_offered["close-study"]
    asked = _answered("Cancel", close.trigger)
    assert "Reconstructing thick" in asked and "nothing unfinished is kept" in asked
    assert len(opened.studies.states) == 2 and not task.cancelling
    opened.studies.show(1)  # by its cross, and not shown
    assert "Reconstructing" in _answered(
        "Cancel", lambda: opened.tabs.tabs.tabCloseRequested.emit(0)
    )
    assert _answered("Cancel", lambda: opened.tabs.tabs.tabCloseRequested.emit(1)) == ""
    assert len(opened.studies.states) == 1
    _answered("Stop and close", close.trigger)
    assert task.cancelling and opened.studies.states == ()
    task.hold(False)
    until(lambda: opened.controller.work.tasks == ())


def test_an_export_on_the_way_out_is_shown_and_offers_to_close(
    rebuild: Callable[..., None],
    opened: MainWindow,
    qtbot: QtBot,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rebuild()
    bar, path = opened.closing.bar, tmp_path / "thin.nii.gz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    _answered("Export\u2026", opened.close)  # and no file is chosen
    assert opened.isVisible() and not bar.isVisible()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    _answered("Export\u2026", opened.close)
    until(bar.isVisible)
    assert str(path) in bar.text.text() and path.is_file() and opened.isVisible()
    qtbot.mouseClick(bar.yes, Qt.MouseButton.LeftButton)  # nothing is left to ask about
    assert not opened.isVisible()


def test_a_session_has_a_name_and_its_studies_keep_theirs(
    window: MainWindow,
    until: Until,
    tmp_path: Path,
    truth_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A result of srviewer, whose sidecar has another name than its file.
    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    window.controller.simulate(Degradation(axis=2, factor=4))
    until(lambda: window.study.result is not None and not window.controller.work.tasks)
    exported = tmp_path / "renamed.nii.gz"
    window.controller.exporting.export(exported, "float32")
    until(exported.exists)
    until(lambda: not window.controller.work.tasks)
    window.studies.choice = "add"
    window.open([exported])
    until(lambda: len(window.studies.states) == 3 and not window.controller.work.tasks)

    def names() -> list[str]:
        return [state.scan.name for state in window.studies.states if state.scan is not None]

    before, offered = names(), list[str]()
    assert before == ["truth", "truth, thickened \u00d74", "renamed"]
    study = tmp_path / "kept.srviewer"

    def choose(*asked: object) -> tuple[str, str]:
        offered.append(str(asked[2]))
        return str(study), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    save = window.actions_offered["save-session"]
    save.trigger()
    until(lambda: study.exists() and not window.controller.work.tasks)
    assert Path(offered[0]).name == "renamed_and_2_more.srviewer"
    save.trigger()
    assert offered[1] == str(study)
    until(lambda: not window.controller.work.tasks)
    while window.studies.states:
        window.studies.close(0)
    window.open([study])
    until(lambda: len(window.studies.states) == 3)
    assert names() == before
