"""A user reconstructs a scan, judges it, exports it; or changes their mind on the way."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt, QThread
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import ScanWarning, Volume
from srviewer.gui.study.exporting import EXPORT
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.texts.wording import NO_REFERENCE
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.formats import read
from srviewer.job import run

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]


def _button(window: MainWindow, text: str) -> QPushButton:
    return next(b for b in window.panels.findChildren(QPushButton) if b.text() == text)


def _panel_text(window: MainWindow) -> str:
    return "\n".join(one.text() for one in window.panels.findChildren(QLabel))


def _use(window: MainWindow, method: str) -> None:
    request = window.study.request
    assert request is not None
    window.study.set_request(replace(request, method=method))


def test_reconstruct_compare_score_export_and_open_again(
    opened: MainWindow, until: Until, qtbot: QtBot, truth_file: Path, tmp_path: Path
) -> None:
    study = opened.study
    assert "Thick axis  k (I–S)  4.00 mm" in _panel_text(opened)  # noqa: RUF001
    assert NO_REFERENCE in _panel_text(opened)

    # Reconstruct, with the network that ships.
    qtbot.mouseClick(_button(opened, "Reconstruct"), Qt.MouseButton.LeftButton)
    until(lambda: study.result is not None)
    result = study.result
    assert result is not None
    assert result.volume.geometry.shape == (40, 48, 36)
    assert "Agrees with the scan: averaged back" in _panel_text(opened)

    # Compare: both volumes, one cursor, one grey scale.
    assert opened.compare.layout_shown.id == "compare"
    before = opened.compare.scan.panes[Plane.CORONAL]
    after = opened.compare.result.panes[Plane.CORONAL]
    assert before.isVisible() and after.isVisible()
    qtbot.mouseClick(after, Qt.MouseButton.LeftButton, pos=after.rect().center() / 1.3)
    assert before.annotations.crosshair == pytest.approx(after.annotations.crosshair, abs=1.5)
    assert study.scores is None and not opened.plot.isVisible()

    # Scores, against a loaded truth.
    opened.controller.load_reference(truth_file)
    until(lambda: study.scores is not None)
    scores = study.scores
    assert scores is not None
    assert "truth.nii.gz" in scores.candidate.meaning
    assert opened.plot.isVisible()
    tables = opened.panels.findChildren(QTableWidget)
    table = next(table for table in tables if table.accessibleName() == "Scores")
    cells = [table.item(0, column).text() for column in range(4)]
    ours, cubic = scores.candidate.whole["psnr"], scores.cubic.whole["psnr"]
    assert ours is not None and cubic is not None
    assert cells == ["PSNR dB", f"{ours:.2f}", f"{cubic:.2f}", f"{ours - cubic:+.2f}"]
    badge = [line.text for line in after.annotations.top_right]
    assert "dB" in badge[0] and badge[1].startswith("cubic ") and len(badge) == 2
    assert [note.text for note in opened.compare.notes.notes] == [
        f"against {scores.candidate.meaning}"  # once, and not in each pane
    ]

    # Export and open what was written.
    target = tmp_path / "result.nii.gz"
    opened.controller.exporting.export(target, "float32")
    until(lambda: opened.controller.work.running(EXPORT) is None)
    assert not opened.error_bar.isVisible(), opened.error_bar.message.text()
    again = run(read(target))
    assert np.array_equal(again.voxels, result.volume.voxels)
    assert again.geometry.matches(result.volume.geometry)
    beside = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert "esearch use only" in json.dumps(beside)
    assert beside["provenance"]["sources"] == ["thick.nii.gz"] and str(tmp_path) not in str(beside)


def test_the_scan_itself_is_never_overwritten(
    opened: MainWindow, until: Until, thick_file: Path
) -> None:
    _use(opened, "linear")
    opened.controller.reconstructing.start()
    until(lambda: opened.study.result is not None)
    content = thick_file.read_bytes()
    opened.controller.exporting.export(thick_file, "float32")
    until(opened.error_bar.isVisible)
    assert "thick.nii.gz" in opened.error_bar.message.text()
    assert thick_file.read_bytes() == content


def test_simulate_makes_the_open_scan_its_own_reference(
    window: MainWindow, until: Until, qtbot: QtBot, truth_file: Path, head: Volume
) -> None:
    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    _use(window, "linear")
    window.panels.setCurrentIndex(1)
    qtbot.mouseClick(_button(window, "Simulate and score"), Qt.MouseButton.LeftButton)
    until(lambda: window.study.scores is not None)
    scan, scores = window.study.scan, window.study.scores
    assert scan is not None and scores is not None
    assert scan.geometry.shape == (40, 48, 9)
    assert "before it was degraded" in scores.candidate.meaning
    assert scores.candidate.meaning == scores.cubic.meaning
    assert scores.candidate.meaning in _panel_text(window)

    # Once more: from the thin scan again, not from what was made of it.
    qtbot.mouseClick(_button(window, "Simulate and score"), Qt.MouseButton.LeftButton)
    until(lambda: window.study.scan is not scan and window.study.scores is not None)
    again, scored = window.study.scan, window.study.scores
    assert again is not None and scored is not None
    assert np.array_equal(again.voxels, scan.voxels) and again.name == scan.name
    assert scored.candidate.whole == scores.candidate.whole


def test_a_result_of_another_spacing_than_the_truth_has_no_scores_and_says_so(
    window: MainWindow, until: Until, truth_file: Path
) -> None:
    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    _use(window, "linear")
    window.controller.simulate(Degradation(axis=2, factor=4))
    until(lambda: window.study.scores is not None)
    request, result = window.study.request, window.study.result
    assert request is not None
    window.study.set_request(replace(request, factor=2))
    window.controller.reconstructing.start()
    until(lambda: window.study.result is not result)
    assert window.study.scores is None and not window.error_bar.isVisible()
    window.panels.setCurrentIndex(1)
    said = _panel_text(window)
    assert (
        "No scores: the result has other voxels than the ground truth: it has 40 x 48 x 18" in said
    )
    assert "its spacing is 1 x 1 x 2 mm and not 1 x 1 x 1 mm" in said


def test_a_scan_opened_while_another_is_thickened_is_the_one_that_stays(
    window: MainWindow, until: Until, truth_file: Path, thick_file: Path
) -> None:
    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    window.controller.simulate(Degradation(axis=2, factor=4))
    window.open([thick_file])
    until(lambda: window.controller.work.tasks == ())
    assert window.study.scan is not None and window.study.scan.name == "thick"


def test_a_click_on_the_plot_jumps_to_the_slice(
    window: MainWindow, until: Until, truth_file: Path, qtbot: QtBot
) -> None:
    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    _use(window, "linear")
    window.controller.simulate(Degradation(axis=2, factor=4))
    until(lambda: window.study.scores is not None)
    QApplication.processEvents()
    plot = window.plot.plots[0]
    scene = plot.getPlotItem().vb.mapViewToScene(QPointF(30, plot.viewRange()[1][0]))
    spot = plot.mapFromScene(scene)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    pane = window.compare.result.panes[Plane.CORONAL]
    assert pane.slice is not None and pane.slice.index == 29


def test_a_truth_on_another_grid_is_refused_in_plain_words(
    opened: MainWindow, until: Until, tmp_path: Path, make_head: Callable[..., Volume]
) -> None:
    import nibabel as nib

    other = make_head((20, 24, 18), (2.0, 2.0, 2.0))
    path = tmp_path / "other.nii.gz"
    nib.save(nib.Nifti1Image(np.asarray(other.voxels), other.geometry.affine), path)
    opened.controller.load_reference(path)
    until(opened.error_bar.isVisible)
    message = opened.error_bar.message.text()
    assert "other.nii.gz" in message and "it has 20 x 24 x 18 voxels" in message
    assert "its spacing is 2 x 2 x 2 mm" in message
    assert opened.study.reference is None


def test_cancel_in_the_middle_leaves_no_thread_no_file_and_no_torch_mode(
    window: MainWindow,
    until: Until,
    qtbot: QtBot,
    tmp_path: Path,
    make_head: Callable[..., Volume],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import nibabel as nib

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    large = make_head((160, 160, 24), (1.0, 1.0, 4.0))
    path = tmp_path / "large.nii.gz"
    nib.save(nib.Nifti1Image(np.asarray(large.voxels), large.geometry.affine), path)
    window.open([path])
    until(lambda: window.study.scan is not None)
    threads = _running_threads()
    window.controller.reconstructing.start()
    until(lambda: _fraction(window) > 0.02)
    files = sorted(tmp_path.rglob("*"))
    started = time.process_time()
    qtbot.mouseClick(_button(window, "Cancel"), Qt.MouseButton.LeftButton)
    assert _button(window, "Reconstruct").isEnabled()  # the user waits for nothing
    assert time.process_time() - started < 0.5
    until(lambda: window.controller.work.tasks == ())
    assert time.process_time() - started < 1.0
    torch = sys.modules["torch"]
    assert not torch.is_inference_mode_enabled() and torch.is_grad_enabled()
    assert window.study.result is None
    until(
        lambda: window.controller.work.findChildren(QThread) == []
    )  # Qt deletes them a turn later
    until(lambda: _running_threads() <= threads)
    assert sorted(tmp_path.rglob("*")) == files
    assert not window.error_bar.isVisible()


def _running_threads() -> int:
    """Threads that run Python now; threading counts a QThread that is long gone for ever."""
    return len(sys._current_frames())


def _fraction(window: MainWindow) -> float:
    task = window.controller.work.running(RECONSTRUCT)
    return 0.0 if task is None else task.progress.fraction


def test_opening_another_scan_drops_the_result_that_is_on_its_way(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    opened.controller.reconstructing.start()
    opened.open([truth_file])
    until(lambda: opened.controller.work.tasks == ())
    assert opened.study.scan is not None
    assert opened.study.scan.geometry.shape == (40, 48, 36)
    assert opened.study.result is None


def test_a_doubtful_geometry_must_be_acknowledged_first(
    window: MainWindow, qtbot: QtBot, until: Until, thick_head: Volume
) -> None:
    warning = ScanWarning("missing_slices", "A slice is missing at 12.0 mm.", (12.0,))
    window.study.open(replace(thick_head, warnings=(warning,)), (), None)
    _use(window, "linear")
    assert "A slice is missing at 12.0 mm." in _panel_text(window)
    assert not _button(window, "Reconstruct").isEnabled()
    window.controller.reconstructing.start()
    assert window.controller.work.running(RECONSTRUCT) is None
    qtbot.mouseClick(_button(window, "I have read this"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(_button(window, "Reconstruct"), Qt.MouseButton.LeftButton)
    until(lambda: window.study.result is not None)


def test_what_lies_outside_the_training_is_said_before_the_run(
    window: MainWindow, thick_head: Volume
) -> None:
    window.study.open(replace(thick_head, modality="CT"), (), None)
    assert "CT" in _panel_text(window) and "trained on MR" in _panel_text(window)
    _use(window, "linear")
    assert "trained on MR" not in _panel_text(window)


def test_a_second_start_makes_no_second_result(opened: MainWindow, until: Until) -> None:
    _use(opened, "linear")
    for _ in range(3):
        opened.controller.reconstructing.start()
    until(lambda: opened.controller.work.tasks == () and opened.study.result is not None)
    assert len(opened.study.compared_volumes.results) == 1
    assert not opened.error_bar.isVisible()
