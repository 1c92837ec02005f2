"""To add a metric: one row of METRICS. Everything that shows scores then shows it too."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srviewer.__main__ import main
from srviewer.core.scores import metrics
from srviewer.core.scores.metrics import METRICS, Metric, mae
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.gui.appearance import theme
from srviewer.gui.panels import compare as panel
from srviewer.gui.state.shown_study import Reference, ShownStudy
from srviewer.gui.texts.offered import Comparable
from srviewer.gui.training.curves import Curves
from srviewer.gui.views.score_badges import badge
from srviewer.gui.views.score_plot import ScorePlot
from srviewer.job import run
from srviewer.nn.models.model_file import Model
from srviewer.sr.models.available_models import available_models, find_model, mean_gains
from srviewer.sr.models.model_card import card_markdown
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.report.report import reconstruction_report
from srviewer.sr.requests.request import Request
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import EvaluationPlan, ScoredPair, evaluate, score_beside_cubic
from srviewer.sr.training.run import scored
from srviewer.sr.trust.self_test import self_test


def relative_error(
    reference: Voxels, candidate: Voxels, data_range: float, mask: metrics.Mask
) -> float | None:
    """Mean absolute error as a percentage of the range of the intensities."""
    error = mae(reference, candidate, data_range, mask)
    return None if error is None else 100 * error / data_range


ADDED = Metric(
    "nmae", "NMAE", "%", 3, 2, relative_error,
    whole_volume=True, higher_is_better=False, comparable=True,
)  # fmt: skip


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """METRICS with one more row, wherever it was imported."""
    before = METRICS
    for module in tuple(sys.modules.values()):
        if getattr(module, "METRICS", None) is before:
            monkeypatch.setattr(module, "METRICS", (*before, ADDED))


@pytest.fixture
def study(qapp: QApplication) -> ShownStudy:
    theme.apply(qapp)
    return ShownStudy()


@pytest.fixture
def result(thick_head: Volume) -> Reconstruction:
    return run(reconstruct(thick_head, Request(axis=2, factor=4, method="nearest")))


@pytest.fixture
def pair(head: Volume, thick_head: Volume, result: Reconstruction) -> ScoredPair:
    job = score_beside_cubic(head, thick_head, result.volume, result.request, "the phantom")
    return run(job)


def test_reports_show_it(
    head: Volume, thick_head: Volume, result: Reconstruction, pair: ScoredPair
) -> None:
    found = pair.candidate.whole["nmae"]
    assert found == pytest.approx(
        100 * pair.candidate.whole["mae"] / pair.candidate.data_range  # type: ignore[operator]
    )
    tested = run(self_test(thick_head, Request(axis=2, factor=4, method="nearest")))
    page = run(reconstruction_report(thick_head, result, pair, head, tested))
    scores = next(table for table in page.tables if table.title.startswith("Scores against"))
    assert ("NMAE %", f"{found:.3f}", f"{pair.cubic.whole['nmae']:.3f}") in scores.rows
    assert [figure.name for figure in page.figures] == ["montage", "psnr", "ssim", "nmae"]
    table = next(table for table in page.tables if table.title.startswith("Self-test"))
    assert table.head[-2:] == ("NMAE %", "cubic") and "% over cubic" in table.title
    values = tested.values()
    gain = np.mean([row["nmae_cubic"] - row["nmae"] for row in values["rows"]])
    assert values["gain_nmae"] == pytest.approx(gain)  # lower is better


def test_the_command_line_shows_it(
    head: Volume, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.nii.gz", tmp_path / "second.nii.gz"
    for path, voxels in ((first, head.voxels), (second, head.voxels * np.float32(0.9))):
        nib.save(nib.Nifti1Image(voxels, head.geometry.affine), path)
    assert main(["compare", str(first), str(second)]) == 0
    line = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("NMAE"))
    assert line.split()[2] == "%" and float(line.split()[1]) > 0
    assert main(["evaluate", str(first), "--factors=2", "--axes=k", "--methods=nearest"]) == 0
    said = capsys.readouterr().out
    assert "NMAE %" in said and "NMAE least" in said


def test_evaluations_and_the_scores_of_models_have_it(head: Volume, tmp_path: Path) -> None:
    plan = EvaluationPlan((2,), (2,), ("cubic",), ("fast",), "cpu")
    values = run(evaluate([head], plan))[0].values()
    assert list(values)[6:9] == ["psnr", "ssim", "nmae"] and values["nmae"] > 0
    before = find_model("fast")
    assert mean_gains(before.scores)  # it was trained before there was this metric
    card = available_models()[0]
    assert "NMAE" in card_markdown(card) and "| - | - |" in card_markdown(card)
    model: Model = run(scored(before, card.path, [_cropped(head)], "cpu"))
    assert {"nmae", "nmae_cubic"} <= set(model.scores[0])


def _cropped(volume: Volume) -> Volume:
    """The middle of the volume, small enough for a quick run."""
    geometry = volume.geometry
    for axis in range(3):
        geometry = geometry.cropped(axis, 8, 32)
    return volume.derived(volume.voxels[8:32, 8:32, 8:32], geometry, "its middle")


def test_the_window_shows_it(
    study: ShownStudy, qtbot: QtBot, head: Volume, thick_head: Volume,
    result: Reconstruction, pair: ScoredPair,
) -> None:  # fmt: skip
    plot = ScorePlot(study)
    qtbot.addWidget(plot)
    study.open(thick_head, (), None)
    study.set(study.state.with_result(result))
    study.set_reference(Reference(head, "the phantom", None))
    kept = study.compared_volumes
    study.change(compared_volumes=kept.scored(kept.current, pair))
    added = plot.plots[2]
    assert added.getAxis("left").labelText == "NMAE (%)"
    rows = pair.candidate.per_slice[1]
    values = np.array([np.nan if row["nmae"] is None else row["nmae"] for row in rows])
    added.jump_worst(0)
    index = result.volume.geometry.index(study.view.cursor_mm)[1]
    assert round(index) == int(np.nanargmax(values))  # the largest error is the worst
    shown = Comparable("a", "a", result.volume, pair, made=result)
    assert badge(shown, Plane.CORONAL, 20)[0].text.endswith(f"{values[20]:.2f} %")


def test_the_training_tab_plots_it(study: ShownStudy, qtbot: QtBot) -> None:
    curves = Curves()
    for plot in (curves.loss, *curves.scores.values()):
        qtbot.addWidget(plot)
    assert list(curves.scores) == ["psnr", "ssim", "nmae"]


def test_the_table_of_the_panel_has_a_row_for_it(
    study: ShownStudy, qtbot: QtBot, pair: ScoredPair
) -> None:
    table = panel._table()
    qtbot.addWidget(table)
    panel._fill(table, pair)
    assert table.item(3, 0).text() == "NMAE %"
    assert "NMAE (%) should fall" in table.accessibleDescription()


def test_a_better_score_is_a_gain_whichever_way_it_points() -> None:
    scores: Mapping[str, float] = {"psnr": 31.0, "nmae": 2.0}
    assert METRICS[0].gain(scores["psnr"], 30.0) == 1
    assert ADDED.gain(scores["nmae"], 3.0) == 1
    ranked = np.array([3.0, 1.0, 2.0])
    assert list(ADDED.worst_first(ranked)) == [0, 2, 1]
    assert list(METRICS[0].worst_first(ranked)) == [1, 2, 0]
    assert replace(ADDED, unit="").brief(2.0) == "NMAE 2.00"
