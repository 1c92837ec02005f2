"""A user asks how far a result can be trusted."""

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.panels.compare import ComparePanel
from srviewer.gui.panels.reconstruct.request_options import RequestOptions
from srviewer.gui.panels.reconstruct.self_test_box import SelfTestBox
from srviewer.gui.study.report_box import ReportBox
from srviewer.gui.study.self_testing import SELF_TEST
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.models.model_file import save_model
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.paths import models_dir
from srviewer.sr.models.available_models import find_model
from srviewer.sr.results.expected_gain import ExpectedGain, uncalibrated

Until = Callable[[Callable[[], bool]], None]


def _panel_text(window: MainWindow) -> str:
    return "\n".join(one.text() for one in window.panels.findChildren(QLabel))


def _ask(window: MainWindow, **changes: object) -> None:
    request = window.study.request
    assert request is not None
    window.study.set_request(replace(request, **changes))  # type: ignore[arg-type]


def test_one_click_tells_the_gain_on_this_scan(
    opened: MainWindow, qtbot: QtBot, until: Until
) -> None:
    _ask(opened, factor=2)
    box = opened.panels.findChild(SelfTestBox)
    assert box is not None
    qtbot.mouseClick(box.start, Qt.MouseButton.LeftButton)
    assert opened.controller.work.running(SELF_TEST) is not None and not box.start.isEnabled()
    until(lambda: box.found is not None)
    assert "dB" in box.verdict.text() and box.verdict.isVisibleTo(opened)
    _ask(opened, factor=4)  # the verdict was about another request
    assert box.found is None and not box.verdict.isVisibleTo(opened)


def test_what_is_ticked_is_asked_for_and_told_with_the_result(
    opened: MainWindow, qtbot: QtBot, until: Until, thick_head: Volume
) -> None:
    study = opened.study
    options = opened.panels.findChild(RequestOptions)
    assert options is not None
    options.adapt.click()
    options.flips.click()
    options.thickness.setValue(3.0)
    request = study.request
    assert request is not None
    assert request.adaptation == Adaptation(seconds=60)
    assert request.flips and request.thickness_mm == 3.0
    assert not options.also.isVisibleTo(opened)  # the pixels are square
    centre, edges = (0.0, 0.0, 0.0), ((8.0, 0.0, 0.0), (0.0, 8.0, 0.0))
    study.set_rois((Roi("ellipse", Plane.AXIAL, (centre, *edges), "lesion"),))
    options.lock.setCurrentIndex(1)
    options.lock.activated.emit(1)
    region = opened.controller.reconstructing.region
    assert region is not None and region.voxels.sum() > 50
    _ask(opened, adaptation=Adaptation(steps=3), factor=2)
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    result = study.result
    assert result is not None and result.adapted is not None and result.spread is not None
    assert "Inside lesion: interpolation only." in _panel_text(opened)
    assert "adapted" in _panel_text(opened).lower()


def test_an_adaptation_stops_when_it_is_cancelled(
    opened: MainWindow, qtbot: QtBot, until: Until
) -> None:
    _ask(opened, adaptation=Adaptation(seconds=600), factor=2)
    opened.controller.reconstructing.start()

    def learning() -> bool:
        task = opened.controller.work.running("reconstruct")
        return task is not None and "Adapting" in task.progress.message

    until(learning)
    opened.controller.work.cancel("reconstruct")
    until(lambda: opened.controller.work.running("reconstruct") is None)
    assert opened.study.result is None


def test_the_slider_leads_to_the_sharper_pair_where_the_model_has_one(
    opened: MainWindow, until: Until
) -> None:
    lone = models_dir() / "lone.safetensors"
    models_dir().mkdir(parents=True)
    save_model(replace(find_model("fast"), name="lone"), lone)
    options = opened.panels.findChild(RequestOptions)
    assert options is not None
    _ask(opened, factor=2, model=str(lone))
    assert not options.texture.isVisibleTo(opened)
    _ask(opened, factor=2, model="fast")
    assert options.texture.isVisibleTo(opened)
    options.texture.setValue(10)
    request = opened.study.request
    assert request is not None and request.texture == 0.5
    assert options.texture_told.isVisibleTo(opened) and options.texture_told.text() == "50 %"
    assert not options.texture_told.focusPolicy() & Qt.FocusPolicy.TabFocus
    opened.controller.reconstructing.start()
    until(lambda: opened.study.result is not None)
    result = opened.study.result
    assert result is not None and result.texture_change is not None
    assert result.texture_change.voxels.max() > 0 and result.consistency.max < 1e-5
    shown = opened.study.compared_volumes.result
    assert shown is not None and ", texture " in shown.name
    assert "Texture changed" in _panel_text(opened)


def test_the_expected_gain_stands_beside_the_true_one(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    study = opened.study
    _ask(opened, factor=4)
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    result = study.result
    assert result is not None and result.expected_gain is not None
    calibrated = ExpectedGain(2.4, 1.8, 3.0, True)
    for gain, beside in (
        (calibrated, "Expected +2.4 dB over cubic (90 % between +1.8 and +3.0), true gain "),
        (uncalibrated("it moved"), "dB over cubic; not calibrated for this scan: it moved"),
    ):
        study.set(study.state.with_result(replace(result, expected_gain=gain)))
        assert gain.text in _panel_text(opened)
        assert "true gain" not in _panel_text(opened)
        opened.controller.load_reference(truth_file)
        until(lambda: study.scores is not None)
        assert beside in _panel_text(opened)


def test_a_report_and_a_label_map_are_saved_from_the_window(
    opened: MainWindow, until: Until, tmp_path: Path, thick_head: Volume
) -> None:
    _ask(opened, method="back-projected")
    opened.controller.reconstructing.start()
    until(lambda: opened.study.result is not None)
    box = opened.panels.findChild(ReportBox)
    assert box is not None
    page, labels, thin = tmp_path / "r.html", tmp_path / "l.nii.gz", tmp_path / "t.nii.gz"
    box.report.save(page)
    until(lambda: page.exists() and not opened.controller.work.tasks)
    text = page.read_text()
    assert "Research use only" in text and "Self-test." in text and "no reference" not in text
    drawn = (thick_head.voxels > 500).astype(np.uint8)
    nib.save(nib.Nifti1Image(drawn, thick_head.geometry.affine), labels)
    box.bring_labels(labels, thin)
    until(lambda: thin.exists() and not opened.controller.work.tasks)
    assert np.asarray(nib.load(thin).dataobj).sum() == drawn.sum() * 4


def test_the_compare_panel_saves_a_report_with_scores_and_the_test_that_was_made(
    opened: MainWindow, qtbot: QtBot, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = opened.panels.findChild(ComparePanel)
    assert panel is not None and not panel.report.start.isEnabled()  # there is no result
    opened.controller.simulate(Degradation(axis=0, factor=2))
    until(lambda: opened.study.scores is not None)
    box = opened.panels.findChild(SelfTestBox)
    assert box is not None
    qtbot.mouseClick(box.start, Qt.MouseButton.LeftButton)
    until(lambda: box.found is not None)
    asked = tmp_path / "scan"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(asked), ""))
    page = tmp_path / "scan.html"
    qtbot.mouseClick(panel.report.start, Qt.MouseButton.LeftButton)
    until(lambda: page.exists() and not opened.controller.work.tasks)
    text = page.read_text()
    assert box.found is not None and box.found.verdict in unescape(text)
    for words in ("before it was degraded", "cubic B-spline", "Self-test.", "Model card"):
        assert words in text
    assert text.count("data:image/png;base64,") == 4  # slices, regions, PSNR, SSIM
    result = opened.study.result
    assert result is not None and result.expected_gain is not None
    assert result.expected_gain.text in unescape(text) and "true gain" in text
