"""The views as a whole: what is shown where, how fast, and what the plot says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyqtgraph
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from joined_stacks import joined_with_left_out, stacks_in
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import rounded_down
from srviewer.core.slices.planes import Plane
from srviewer.core.stacks.rigid import moved
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.wording import NO_REFERENCE, NOT_SCORED
from srviewer.gui.views.compare_view import CompareView
from srviewer.gui.views.drawing.annotations import Annotations
from srviewer.gui.views.drawing.canvas import Canvas
from srviewer.gui.views.drawing.text_drawing import fits_beside
from srviewer.gui.views.map_overlays import map_overlays
from srviewer.gui.views.ortho_view import OrthoView
from srviewer.gui.views.score_plot import ScorePlot
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.results.doubts import find_doubts
from srviewer.sr.scores.evaluate import score_beside_cubic
from srviewer.study.state.compared_volumes import CUBIC
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.reference import Reference


@pytest.fixture
def compare(study: ShownStudy, qtbot: QtBot) -> CompareView:
    view = CompareView(study)
    qtbot.addWidget(view)
    view.resize(1100, 760)
    view.show()
    return view


def _rebuild(study: ShownStudy, scan: Volume, method: str) -> None:
    study.open(scan, (), None)
    study.set(
        study.state.with_result(run(reconstruct(scan, Request(axis=2, factor=4, method=method))))
    )


@pytest.mark.parametrize("layout", ["compare", "side-by-side"])
def test_before_and_after_show_the_same_millimetres(
    layout: str, compare: CompareView, study: ShownStudy, thick_head: Volume
) -> None:
    _rebuild(study, thick_head, "cubic")
    study.compare(Comparing(layout))
    QApplication.processEvents()
    study.zoom_by(1.7, (5, -6, 7))
    for plane in Plane:
        before, after = compare.scan.panes[plane], compare.result.panes[plane]
        assert before.isVisible() and after.isVisible()
        for point in ((0.0, 0.0, 0.0), (9.0, -12.0, 8.0)):
            apart = before.position_of(point) - after.position_of(point)
            assert apart.manhattanLength() < 2  # panes of one row differ by a pixel at most


def test_a_row_that_is_not_laid_out_covers_nothing(
    compare: CompareView, study: ShownStudy, thick_head: Volume
) -> None:
    study.open(thick_head, (), None)
    QApplication.processEvents()
    assert compare.scan.isVisible() and not compare.result.isVisible()


def test_one_plane_alone_is_shown_before_and_after(
    compare: CompareView, study: ShownStudy, thick_head: Volume
) -> None:
    _rebuild(study, thick_head, "cubic")
    study.compare(Comparing("compare"))
    study.maximise(Plane.SAGITTAL)
    QApplication.processEvents()
    for view in (compare.scan, compare.result):
        shown = [plane for plane, pane in view.panes.items() if pane.isVisible()]
        assert shown == [Plane.SAGITTAL]
        assert view.panes[Plane.SAGITTAL].width() == compare.width()
    later = OrthoView(study)
    assert [plane for plane, pane in later.panes.items() if not pane.isHidden()] == [Plane.SAGITTAL]
    later.deleteLater()


def test_without_a_result_the_place_for_it_says_what_to_do(
    compare: CompareView, study: ShownStudy, thick_head: Volume
) -> None:
    study.open(thick_head, (), None)
    study.compare(Comparing("compare"))
    for pane in compare.result.panes.values():
        assert pane.annotations == Annotations(hint=pane.annotations.hint)
        assert "Press Reconstruct" in pane.annotations.hint


class _Seen(QObject):
    """Counts what Qt sends to the panes' surfaces and to what lays them out."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = self.laid_out = 0

    def eventFilter(self, receiver: QObject, event: QEvent) -> bool:
        """Called by Qt."""
        self.painted += event.type() is QEvent.Type.Paint and isinstance(receiver, Canvas)
        self.laid_out += event.type() is QEvent.Type.LayoutRequest
        return False


def test_a_step_paints_each_pane_once_and_lays_out_nothing(study: ShownStudy, qtbot: QtBot) -> None:
    view = CompareView(study)
    qtbot.addWidget(view)
    view.resize(1100, 760)
    view.show()
    shape = (104, 132, 92)
    voxels = np.random.default_rng(0).normal(500, 100, shape).astype(np.float32)
    geometry = Geometry(shape, np.diag((1.0, 1.0, 1.2, 1.0)))
    study.open(Volume(voxels, geometry, "noise"), (), None)
    for _ in range(2):  # what was opened is laid out once it was painted
        QApplication.processEvents()
    seen = _Seen()
    QApplication.instance().installEventFilter(seen)
    for step in range(40):
        study.move_cursor(geometry.world((60 + step, 90 + step, 50 + step)))
        QApplication.processEvents()
    QApplication.instance().removeEventFilter(seen)
    assert (seen.painted, seen.laid_out) == (3 * 40, 0)


@pytest.fixture
def plot(study: ShownStudy, qtbot: QtBot, head: Volume, thick_head: Volume) -> ScorePlot:
    made = ScorePlot(study)
    qtbot.addWidget(made)
    made.resize(900, 200)
    assert made.isHidden()  # numbers only against a reference
    _rebuild(study, thick_head, "nearest")
    study.set_reference(Reference(head, "the phantom", None))
    assert study.result is not None
    volume, request = study.result.volume, study.result.request
    scores = run(score_beside_cubic(head, thick_head, volume, request, "the phantom"))
    kept = study.compared_volumes
    study.change(compared_volumes=kept.scored(kept.current, scores))
    return made


def test_the_plot_draws_both_curves_and_marks_the_worst_slice(
    plot: ScorePlot, study: ShownStudy
) -> None:
    assert plot.isVisible()
    assert study.scores is not None
    rows = study.scores.candidate.per_slice[1]  # coronal slices are numbered along j
    values = [row["psnr"] for row in rows]
    known = [value for value in values if value is not None]
    ours = plot.plots[0].listDataItems()[1].getData()
    cubic = plot.plots[0].listDataItems()[0].getData()
    assert np.nanmin(ours[1]) == pytest.approx(min(known))
    assert list(ours[0]) == list(range(1, len(rows) + 1))
    assert np.nanmean(cubic[1]) > np.nanmean(ours[1])  # cubic beats nearest
    marks = [item for item in plot.plots[0].items() if isinstance(item, pyqtgraph.ScatterPlotItem)]
    worst = [m.getData()[0][0] for m in marks if len(m.getData()[0]) == 1]
    assert worst == [values.index(min(known)) + 1]


def test_a_stack_that_was_left_out_is_plotted_where_it_was_found(
    plot: ScorePlot, study: ShownStudy, head: Volume, tmp_path: Path
) -> None:
    stacks = stacks_in(tmp_path, head)
    joined = joined_with_left_out(stacks)
    study.open(stacks[0], (), None)
    assert plot.isHidden()
    study.set(study.state.with_result(joined))
    study.compare(replace(study.comparing, stack=1))
    assert plot.coherence.isVisible() and [p.isVisible() for p in plot.plots] == [True, False]
    cubic, ours, single = (item.getData() for item in plot.plots[0].listDataItems()[:3])
    assert [curve[1][3] for curve in (ours, cubic, single)] == [28.0, 24.0, 26.0]
    plot.jump_worst(0)
    placed = moved(stacks[1].geometry, joined.stacks[1].moved)
    assert placed.index(study.view.cursor_mm)[0] == pytest.approx(1)
    study.compare(replace(study.comparing, map="left-out", threshold=0.0))
    (overlay,) = map_overlays(study)
    assert overlay.volume.geometry.matches(placed)


def test_jumping_moves_only_along_the_slices(plot: ScorePlot, study: ShownStudy) -> None:
    before = np.array(study.view.cursor_mm)
    plot.plots[1].jump_to(12.3)
    after = np.array(study.view.cursor_mm)
    assert study.scan is not None
    assert study.scan.geometry.index(after)[1] == pytest.approx(11)
    assert after[[0, 2]] == pytest.approx(before[[0, 2]])


@pytest.mark.parametrize(
    ("most", "length"),
    [(57.0, 50.0), (50.0, 50.0), (49.9, 20.0), (9.9, 5.0), (0.3, 0.2)],
)
def test_the_scale_bar_has_a_round_length(most: float, length: float) -> None:
    assert rounded_down(most) == pytest.approx(length)


def test_without_a_reference_one_line_says_so_instead_of_a_score(
    compare: CompareView, study: ShownStudy, head: Volume, thick_head: Volume
) -> None:
    _rebuild(study, thick_head, "linear")
    study.keep(study.compared_volumes.showing((*study.compared_volumes.shown, CUBIC)))
    study.keep(replace(study.compared_volumes, cubic=head))

    def notes() -> list[str]:
        shown = [pane for row in compare.rows for pane in row.panes.values() if pane.isVisible()]
        assert all(pane.annotations.top_right == () for pane in shown)
        return [note.text for note in compare.notes.notes]

    for layout in ("compare", "side-by-side"):
        study.compare(Comparing(layout))
        QApplication.processEvents()
        # Linear interpolation differs from what was measured, which is not kept back.
        assert notes()[:2] == [f"linear \u00d74: {NO_REFERENCE}", f"cubic: {NOT_SCORED}"]
        assert notes()[2].startswith("linear \u00d74: differs from the scan") and len(notes()) == 3
    study.compare(Comparing("curtain"))
    QApplication.processEvents()
    assert notes()[0] == NO_REFERENCE and notes()[1].startswith("differs from the scan")
    study.set_reference(Reference(head, "the thin truth", None))
    assert len(notes()) == 1  # that it differs is so with a reference too


def test_names_and_scores_keep_clear_of_the_letter_between_them(
    compare: CompareView, study: ShownStudy, thick_head: Volume
) -> None:
    _rebuild(study, thick_head, "cubic")
    study.compare(Comparing("compare"))
    for width in (500, 800, 1100, 1700):
        compare.resize(width, 760)
        QApplication.processEvents()
        for pane in compare.result.panes.values():
            notes = pane.annotations
            assert all(fits_beside(line, pane.width()) for line in notes.top_left)
            spacings = [
                line.text for line in notes.top_left + notes.bottom_left if "mm" in line.text
            ]
            assert len(spacings) == 1


def test_a_map_comes_with_its_scale(
    compare: CompareView, study: ShownStudy, thick_head: Volume
) -> None:
    study.open(thick_head, (), None)
    result = run(reconstruct(thick_head, Request(axis=2, factor=4)))
    study.set(study.state.with_result(result))
    doubts = run(find_doubts(result, thick_head))
    assert doubts is not None
    study.keep(study.compared_volumes.doubted(study.compared_volumes.current, doubts))
    study.compare(Comparing("compare", map="disagreement"))
    QApplication.processEvents()
    bar = compare.result.panes[Plane.CORONAL].annotations.colour_bar
    assert bar is not None and (bar.low, bar.high, bar.unit) == (0.0, 10.0, "%")
    study.compare(Comparing("compare"))
    QApplication.processEvents()
    assert compare.result.panes[Plane.CORONAL].annotations.colour_bar is None
