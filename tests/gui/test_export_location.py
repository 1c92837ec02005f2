"""Names of files that a user gave without the ending."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.export_location import ask_file

TABLE = {"Table (*.csv)": ".csv"}
PICTURES = {"PNG (*.png)": ".png", "PDF (*.pdf)": ".pdf"}


@pytest.mark.parametrize(
    ("given", "kind", "endings", "expected"),
    [
        ("t", "", TABLE, "t.csv"),
        ("t.CSV", "", TABLE, "t.CSV"),
        ("t.1", "", TABLE, "t.1.csv"),
        ("p", "", PICTURES, "p.png"),
        ("p", "PDF (*.pdf)", PICTURES, "p.pdf"),
        ("p.tif", "PDF (*.pdf)", PICTURES, "p.tif"),  # which cannot be written is said then
    ],
)
def test_a_name_is_completed_by_the_kind(
    given: str,
    kind: str,
    endings: dict[str, str],
    expected: str,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / given), kind))
    asked = ask_file(ShownStudy(), parent, "Export", tmp_path / "proposal", endings)
    assert asked == tmp_path / expected


@pytest.mark.parametrize(("answer", "replaced"), [("Replace", True), ("Cancel", False)])
def test_a_file_to_which_the_ending_leads_is_replaced_only_if_the_user_says_so(
    answer: str, replaced: bool, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "t.csv"
    there.touch()
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "t"), ""))
    said = []

    def click() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        next(one for one in box.buttons() if answer in one.text()).click()

    QTimer.singleShot(0, click)
    asked = ask_file(ShownStudy(), parent, "Export", tmp_path / "proposal", TABLE)
    assert said == ["'t.csv' is there already. Replace it?"]
    assert asked == (there if replaced else None)
