"""Every bad file dropped on the window: told in the error bar or as warnings; the study stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QTextBrowser

from bad_files import BAD_FILES, REFUSED, nifti
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.panels.info.info_panel import InfoPanel
from srviewer.gui.widgets.notice import NoteBar
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


def test_what_cannot_be_opened_leaves_the_study(
    opened: MainWindow, until: Until, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    study = opened.study
    before = (study.scan, study.view, study.request)
    for number, bad in enumerate(REFUSED):
        if bad.id == "single slice":  # refused on the command line, and can be viewed in the window
            continue
        with subtests.test(bad.id):
            opened.error_bar.hide()
            opened.controller.open([bad.make(_folder(tmp_path, number))])
            until(opened.error_bar.isVisible)
            message = opened.error_bar.message.text()
            assert bad.says in message and message.endswith(".")
            assert "Secret" not in message and "inside srviewer" not in message
            assert (study.scan, study.view, study.request) == before


def test_what_can_be_opened_tells_what_is_wrong(
    window: MainWindow, until: Until, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    for number, bad in enumerate(bad for bad in BAD_FILES if bad.opens):
        with subtests.test(bad.id):
            before = window.study.scan
            window.error_bar.hide()
            window.controller.open([bad.make(_folder(tmp_path, number))])
            until(lambda: window.study.scan is not before or window.error_bar.isVisible())  # noqa: B023
            assert not window.error_bar.isVisible(), window.error_bar.message.text()
            scan = window.study.scan
            assert scan is not None
            codes = {warning.code for warning in scan.warnings}
            assert bad.says in codes if bad.says else not codes
            assert "Secret" not in scan.name


def _folder(tmp_path: Path, number: int) -> Path:
    folder = tmp_path / str(number)
    folder.mkdir()
    return folder


def test_the_second_drop_while_loading_is_the_one_that_stays(
    window: MainWindow, until: Until, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.nii").write_bytes(nifti())
        window.controller.open([tmp_path / f"{name}.nii"])
    until(lambda: window.study.scan is not None and window.controller.work.tasks == ())
    assert window.study.scan is not None and window.study.scan.name == "two"


def test_no_right_to_read_is_told_as_such(
    opened: MainWindow, until: Until, tmp_path: Path, closed: Callable[[Path], Path]
) -> None:
    scan = opened.study.scan
    path = tmp_path / "private.nii"
    path.write_bytes(nifti())
    opened.controller.open([closed(path)])
    until(opened.error_bar.isVisible)
    assert "'private.nii' cannot be read: Permission denied" in opened.error_bar.message.text()
    assert opened.study.scan is scan


def test_a_file_that_is_gone_when_it_is_chosen(
    opened: MainWindow, until: Until, tmp_path: Path
) -> None:
    scan = opened.study.scan
    folder = tmp_path / "two"
    folder.mkdir()
    paths = [folder / name for name in ("one.nii", "two.nii")]
    for path in paths:
        path.write_bytes(nifti())
    opened.controller.open([folder])
    until(lambda: opened.findChild(SeriesPicker) is not None)
    picker = opened.findChild(SeriesPicker)
    assert picker is not None
    until(lambda: not picker.thumbnails.work.tasks)  # its pictures
    for path in paths:
        path.unlink()
    picker.accept()
    until(opened.error_bar.isVisible)
    message = opened.error_bar.message.text()
    assert "cannot be read: No such file" in message and "still there" in message
    assert opened.study.scan is scan


def test_what_lies_beside_the_scan_and_was_not_opened_is_told(
    window: MainWindow, until: Until, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "scan.nii").write_bytes(nifti())
    (folder / "letter.txt").write_text("Dear reader")
    window.controller.open([folder])
    until(lambda: window.study.scan is not None)
    assert "1 file was skipped: files that are no DICOM (1)." in window.statusBar().currentMessage()
    assert not window.error_bar.isVisible()
    for name in ("cut.nii", "short.nii"):
        (folder / name).write_bytes(nifti()[:-50])
    window.controller.open([folder])
    (note,) = window.findChildren(NoteBar)
    until(note.isVisible)  # quietly: nothing that was asked for is missing
    assert not window.error_bar.isVisible()
    assert "2 images that cannot be opened: cut.nii, short.nii" in note.message.text()
    assert "'cut.nii' is cut short" in note.details.toPlainText()
    info = window.panels.findChild(InfoPanel).findChild(QTextBrowser).toPlainText()
    assert "3 files were skipped" in info and "'short.nii' is cut short" in info
    window.controller.open([folder / "scan.nii", folder / "cut.nii"])  # now it was asked for
    until(window.error_bar.isVisible)
    assert "'cut.nii' is cut short" in window.error_bar.message.text() and not note.isVisible()
