"""A scan does not fit into memory: it is reconstructed slab by slab, straight into a file."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.gui.panels.reconstruct.slab_box import SlabBox
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests import memory
from srviewer.study.state.held_file import file_of
from srviewer.study.state.layouts import COMPARE, PLANES

Until = Callable[[Callable[[], bool]], None]
Room = Callable[[int], None]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """``room(bytes)``: a container whose limit leaves so much."""
    limits = tmp_path / "container"
    limits.mkdir()
    (limits / "memory.current").write_text("0")
    monkeypatch.setattr(memory, "CONTROL_GROUP", limits)

    def leave(size: int) -> None:
        (limits / "memory.max").write_text(str(size))

    leave(10**12)
    return leave


def _box(window: MainWindow) -> SlabBox:
    return window.panels.findChild(SlabBox)


def _ask(window: MainWindow, **changes: object) -> None:
    request = window.study.request
    assert request is not None
    window.study.set_request(replace(request, **changes))  # type: ignore[arg-type]


def _answer_with(path: Path) -> None:
    """Type the name into the file dialog that is about to open, and accept it."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        field.setText(str(path))
        dialog.accept()

    QTimer.singleShot(200, answer)


def test_what_does_not_fit_is_rebuilt_into_a_file_and_shown(
    opened: MainWindow, until: Until, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    box = _box(opened)
    _ask(opened, method="linear")
    assert not box.isVisible()
    room(300_000_000)
    _ask(opened, method="cubic")
    assert box.isVisible() and box.start.isEnabled()
    assert "300 MB are free. Slab by slab, straight into a file" in box.text.text()
    scan, request = opened.study.scan, opened.study.request
    assert scan is not None and request is not None
    _answer_with(tmp_path / "thin")
    qtbot.mouseClick(box.start, Qt.MouseButton.LeftButton)
    until(lambda: opened.study.result is not None)
    result = opened.study.result
    assert result is not None and result.slab_by_slab
    expected = run(reconstruct(scan, request))
    assert np.array_equal(result.volume.voxels, expected.volume.voxels)
    assert result.consistency.max == pytest.approx(expected.consistency.max, abs=1e-7)
    document = json.loads((tmp_path / "thin.json").read_text())["provenance"]
    assert document["slab_by_slab"] and document["sources"] == ["thick.nii.gz"]
    assert "thin.nii.gz" in opened.exported_bar.message.text()
    assert file_of(result.volume) == tmp_path / "thin.nii.gz"


def test_a_result_too_large_to_show_is_told_where_it_is(
    opened: MainWindow, until: Until, room: Room, tmp_path: Path
) -> None:
    room(500_000)  # less than the file takes to be opened
    _ask(opened, method="cubic")
    opened.controller.reconstructing.start_into(tmp_path / "thin.nii.gz")
    until(lambda: opened.controller.work.tasks == ())
    assert opened.study.result is None and not opened.error_bar.isVisible()
    assert f"too large to be shown: {tmp_path / 'thin.nii.gz'}" in _box(opened).text.text()
    assert run(read(tmp_path / "thin.nii.gz")).geometry.shape == (40, 48, 36)


def test_a_result_too_large_to_show_ends_the_preview_of_its_own_study(
    opened: MainWindow, until: Until, room: Room, tmp_path: Path, truth_file: Path
) -> None:
    """Another study, which has a result, is shown by then."""
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2)
    _ask(opened, axis=2, factor=2, method="linear")
    opened.controller.reconstructing.start()
    until(lambda: opened.study.result is not None)
    opened.studies.show(0)
    _ask(opened, method="cubic")
    opened.study.compare(replace(opened.study.comparing, layout=COMPARE))
    room(500_000)
    opened.controller.reconstructing.start_into(tmp_path / "thin.nii.gz")
    opened.studies.show(1)
    until(lambda: opened.controller.work.tasks == ())
    assert opened.study.result is not None
    assert opened.studies.states[0].comparing.layout == PLANES


def test_what_cannot_go_slab_by_slab_says_so(opened: MainWindow, room: Room, head: Volume) -> None:
    box = _box(opened)
    room(300_000_000)
    _ask(opened, repair=("slices",))
    assert "there is no repair of faults" in box.text.text() and not box.start.isEnabled()
    _ask(opened, repair=())
    assert box.start.isEnabled()
    opened.study.open(Degradation(2, 3).thick_volume(head), (), None)  # from no file
    assert "Only NIfTI and MGH files" in box.text.text() and not box.start.isEnabled()


def test_it_is_cancelled_like_any_other(
    opened: MainWindow, until: Until, room: Room, tmp_path: Path
) -> None:
    room(300_000_000)
    _ask(opened, method="cross-plane")
    before = set(tmp_path.iterdir())
    opened.controller.reconstructing.start_into(tmp_path / "thin.nii.gz")
    until(lambda: _stage(opened) > 0.05)
    cancel = next(b for b in opened.panels.findChildren(QPushButton) if b.text() == "Cancel")
    cancel.click()
    until(lambda: opened.controller.work.tasks == ())
    assert opened.study.result is None and set(tmp_path.iterdir()) == before


def _stage(window: MainWindow) -> float:
    task = window.controller.work.running(RECONSTRUCT)
    return 1.0 if task is None else task.progress.fraction
