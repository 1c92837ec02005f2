"""A user looks at thick slabs: keys, panel, values, scores, data consistency, figures, sessions."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srviewer.__main__ import main
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.thick_slab import MEASURED_MEAN, ThickSlab
from srviewer.core.volumes.volume import Volume
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.state.progressive_preview import awaited
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.shared_notes import slab_notes
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.bars.status import PointLabel
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.sessions.session_file import SUFFIX

Until = Callable[[Callable[[], bool]], None]
Rebuild = Callable[..., None]
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def beside(opened: MainWindow, until: Until, truth_file: Path) -> MainWindow:
    """The thick scan above its thin truth, whose block means it is."""
    opened.controller.load_beside(truth_file)
    until(lambda: len(opened.study.compared_volumes.loaded) == 1)
    opened.arrange("compare")
    QApplication.processEvents()
    return opened


def _slab_line(pane: SliceView) -> str:
    words = ("mean", "maximum", "minimum", "a single slice")
    lines = [line.text for line in pane.annotations.top_left if line.text.startswith(words)]
    assert len(lines) <= 1
    return "".join(lines)


def _pixels(pane: SliceView) -> np.ndarray:
    assert pane.slice is not None
    return pane.slice.pixels


def test_keys_show_a_slab_make_it_thicker_and_reset_leads_back(
    opened: MainWindow, pane: SliceView, qtbot: QtBot, thick_head: Volume
) -> None:
    study, plain, voxels = opened.study, _pixels(pane), thick_head.voxels
    coronal = opened.compare.scan.panes[Plane.CORONAL]
    qtbot.keyClick(pane, Qt.Key.Key_S)
    assert opened.actions_offered["slab-shown"].isChecked()
    assert _slab_line(pane) == "mean over 5 mm, 1 slice" and np.array_equal(_pixels(pane), plain)
    assert _slab_line(coronal) == "mean over 5 mm, 5 slices"
    for _ in range(3):
        qtbot.keyClick(pane, Qt.Key.Key_J)
    assert _slab_line(pane) == "mean over 10 mm, 3 slices"
    k = pane.slice.index
    wanted = voxels[:, :, k - 1 : k + 2].mean(axis=2, dtype=np.float64).T
    assert np.allclose(_pixels(pane), wanted, rtol=1e-6)
    opened.actions_offered["slab-maximum"].trigger()
    assert np.array_equal(_pixels(pane), voxels[:, :, k - 1 : k + 2].max(axis=2).T)
    qtbot.keyClick(pane, Qt.Key.Key_End)  # cut at the end of the volume
    assert pane.slice.index == 8 and _slab_line(pane) == "maximum over 10 mm, 2 slices"
    assert np.array_equal(_pixels(pane), voxels[:, :, 7:].max(axis=2).T)
    qtbot.keyClick(pane, Qt.Key.Key_J, SHIFT)
    assert study.view.thick_slab == ThickSlab("maximum", 8.0, shown=True)
    qtbot.keyClick(pane, Qt.Key.Key_R)
    assert not study.view.thick_slab.shown and _slab_line(pane) == _slab_line(coronal) == ""
    assert np.array_equal(_pixels(pane), plain)
    study.set_preview(awaited(study.scan, study.request))
    opened.arrange("compare")
    qtbot.keyClick(pane, Qt.Key.Key_S)
    below = opened.compare.result.panes[Plane.AXIAL]
    assert _slab_line(below) == "a single slice, no slab yet" and below.slice is not None
    study.set_preview(None)


def test_one_click_puts_the_mean_of_the_thin_slices_under_the_slice_that_was_measured(
    beside: MainWindow, qtbot: QtBot, thick_head: Volume
) -> None:
    study, panel = beside.study, beside.panels.findChild(LookPanel)
    beside.panels.show_panel("look")
    study.move_cursor((3.0, 2.0, 0.6))
    qtbot.mouseClick(panel.slab.slices, LEFT)
    assert study.view.thick_slab == MEASURED_MEAN and panel.slab.mm.value() == 4.0
    above, below = (row.panes[Plane.AXIAL] for row in (beside.compare.scan, beside.compare.result))
    assert _slab_line(above) == "mean over 4 mm (a slice of the scan), 1 slice"
    assert _slab_line(below) == "mean over 4 mm (a slice of the scan), 4 slices"
    number = above.slice.index
    for key, steps in ((None, 0), (Qt.Key.Key_Up, 1), (Qt.Key.Key_Up, 2), (Qt.Key.Key_Down, 1)):
        if key is not None:  # below, where slices are thin: a step leads to the next measured one
            qtbot.keyClick(below, key)
        assert above.slice.index == number + steps
        assert np.array_equal(_pixels(above), thick_head.voxels[:, :, number + steps].T)
        assert np.allclose(_pixels(below), _pixels(above), atol=1e-3)
    beside.arrange("difference")
    study.compare(replace(study.comparing, difference_range=20.0))
    QApplication.processEvents()
    assert _slab_line(above) == "mean over 4 mm (a slice of the scan), 1 and 4 slices"
    assert slab_notes((), MEASURED_MEAN, replace(thick_head, slice_thickness=4.0)) == ()
    (note,) = slab_notes((), MEASURED_MEAN, replace(thick_head, slice_thickness=3.0))
    assert note.text.startswith("slices are 3 mm thick and 4 mm apart")
    residual = _colours(above)
    qtbot.mouseClick(panel.slab.slices, LEFT)
    assert not study.view.thick_slab.shown
    assert len(residual) < 40 < len(_colours(above))  # nothing but zero, and the crossings


def _colours(pane: SliceView) -> set[int]:
    QApplication.processEvents()
    image = pane.picture(1.0)
    middle = QPoint(image.width() // 2, image.height() // 2)
    return {
        image.pixel(middle + QPoint(x, y)) for x in range(-50, 50, 3) for y in range(-50, 50, 3)
    }


def test_values_measurements_and_overlays_are_of_the_slab_and_scores_are_off(
    opened: MainWindow,
    rebuild: Rebuild,
    until: Until,
    qtbot: QtBot,
    truth_file: Path,
    thick_head: Volume,
    tmp_path: Path,
) -> None:
    rebuild()
    study = opened.study
    opened.controller.load_reference(truth_file)
    until(lambda: study.scores is not None)
    above, below = (row.panes[Plane.AXIAL] for row in (opened.compare.scan, opened.compare.result))
    assert below.annotations.top_right != ()
    above.setFocus()
    qtbot.keyClick(above, Qt.Key.Key_E)
    middle = above.rect().center()
    qtbot.mousePress(above, LEFT, pos=middle)
    qtbot.mouseMove(above, middle + QPoint(20, 15))
    qtbot.mouseRelease(above, LEFT, pos=middle + QPoint(30, 20))
    (plain,) = (shape.text for shape in above.annotations.shapes)
    study.set_thick_slab(ThickSlab("mean", 12.0, shown=True))
    assert below.annotations.top_right == ()
    assert "not scored" in " ".join(line.text for line in opened.compare.notes.notes)
    (text,) = (shape.text for shape in above.annotations.shapes)
    assert text.endswith(" of the slab") and text.split()[0] != plain.split()[0]
    k = above.slice.index
    through = thick_head.voxels[:, :, k - 1 : k + 2].mean(axis=2)
    i, j, _ = np.rint(thick_head.geometry.index(study.view.cursor_mm)).astype(int)
    status = opened.statusBar().findChild(PointLabel)
    wanted = f"Axial, mean over 12 mm: before {through[i, j]:.1f}"
    assert wanted in status.toolTip() + status.text()
    lesion = np.zeros(thick_head.voxels.shape, np.float32)
    lesion[i - 3 : i + 4, j - 3 : j + 4, k + 1] = 1
    path = tmp_path / "lesion.nii.gz"
    nib.save(nib.Nifti1Image(lesion, thick_head.geometry.affine), path)
    opened.panels.findChild(LookPanel).overlays.load(path)
    until(lambda: len(study.overlays) == 1)
    study.set_overlays([study.overlays[0].seen_at(1.0)])
    study.set_crosshair(False)
    assert _saturation(above) > 100  # the lesion lies in the slice above, which is in the slab
    qtbot.keyClick(above, Qt.Key.Key_S)
    assert _saturation(above) == 0 and below.annotations.top_right != ()
    assert "not scored" not in " ".join(line.text for line in opened.compare.notes.notes)


def _saturation(pane: SliceView) -> int:
    QApplication.processEvents()
    at = pane.position_of(pane.study.view.cursor_mm).toPoint()
    return QColor(pane.picture(1.0).pixel(at)).saturation()


def test_the_panel_a_session_and_a_figure_by_its_command_line_keep_the_slab(
    opened: MainWindow, pane: SliceView, qtbot: QtBot, until: Until, tmp_path: Path
) -> None:
    study, box = opened.study, opened.panels.findChild(LookPanel).slab
    opened.panels.show_panel("look")
    box.kind.setFocus()
    qtbot.keyClick(box.kind, Qt.Key.Key_Down)
    qtbot.keyClick(box.kind, Qt.Key.Key_Down)
    assert study.view.thick_slab == ThickSlab("maximum", 5.0, shown=True)
    box.mm.selectAll()
    qtbot.keyClicks(box.mm, "9.5")
    qtbot.keyClick(box.mm, Qt.Key.Key_Return)
    slab = ThickSlab("maximum", 9.5, shown=True)
    assert study.view.thick_slab == slab and _slab_line(pane) == "maximum over 9.5 mm, 3 slices"
    study.set_window(Window(0.0, 900.0))
    opened.actions_offered["copy-screenshot"].trigger()
    line = shlex.split(QGuiApplication.clipboard().text())
    assert line[line.index("--slab") + 1] == "maximum:9.5"
    pictures = []
    for name, words in (("slab.png", line), ("plain.png", _without(line, "--slab"))):
        picture = tmp_path / name
        words[words.index("-o") + 1] = str(picture)
        assert main(words[1:]) == 0
        pictures.append(QImage(str(picture)))
    assert pictures[0] != pictures[1]
    path = tmp_path / f"slab{SUFFIX}"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and not opened.controller.work.tasks)
    opened.studies.close(0)
    opened.open([path])
    until(lambda: study.scan is not None)
    assert study.view.thick_slab == slab and box.kind.currentData() == "maximum"
    qtbot.keyClick(box.kind, Qt.Key.Key_Home)
    assert study.view.thick_slab == replace(slab, shown=False)


def _without(line: list[str], option: str) -> list[str]:
    at = line.index(option)
    return [*line[:at], *line[at + 2 :]]


def test_large_slabs_that_move_are_coarse_on_a_slow_machine_alone_and_full_at_rest(
    window: MainWindow, qtbot: QtBot, until: Until
) -> None:
    study, shape = window.study, (300, 260, 120)
    voxels = np.random.default_rng(6).normal(100, 20, shape).astype(np.float32)
    study.open(Volume(voxels, Geometry(shape, np.diag([0.9, 0.9, 0.9, 1.0])), "noise"), (), None)
    study.set_thick_slab(ThickSlab("maximum", 30.0, shown=True))
    axial, coronal, sagittal = (window.compare.scan.panes[plane] for plane in Plane)
    until(lambda: axial.slice is not None and not window.controller.work.tasks)
    axial.setFocus()

    def steps(key: Qt.Key, seconds: float) -> set[tuple[int, ...]]:
        """Hold a key on a machine that takes so long for the slab of a pane."""
        study.paces.slab.clock = count(0, seconds).__next__
        study.set_moving(True)
        shown = set()
        for _ in range(12):
            qtbot.keyClick(axial, key)
            shown.add(_pixels(axial).shape)
        assert study.moving
        return shown

    at_rest = axial.grab().toImage(), axial.picture(1.0)
    full, coarse = (260, 300), (130, 150)
    assert steps(Qt.Key.Key_Up, 1e-5) == {full}
    assert steps(Qt.Key.Key_Down, 1.0) == {full, coarse}  # there and back
    assert _pixels(axial).shape == coarse and _pixels(coronal).shape == (120, 300)  # which rests
    drawn, picture = axial.grab().toImage(), axial.picture(1.0)
    assert picture == at_rest[1] and drawn != at_rest[0] and _pixels(axial).shape == coarse
    until(lambda: not study.moving)
    assert (axial.grab().toImage(), axial.picture(1.0)) == at_rest
    # Values are of all voxels, and so are the planes then: a region, and one that is being drawn.
    # Its first point stays in the slab, else it were dropped.
    qtbot.keyClick(axial, Qt.Key.Key_E)
    middle = axial.rect().center()
    qtbot.mousePress(axial, LEFT, pos=middle)
    qtbot.mouseMove(axial, middle + QPoint(30, 20))
    assert steps(Qt.Key.Key_Up, 1.0) == {full} and _pixels(axial).shape == full
    (drawing,) = (shape.text for shape in axial.annotations.shapes)
    assert drawing.endswith(" of the slab")
    qtbot.mouseRelease(axial, LEFT, pos=middle + QPoint(30, 20))
    assert steps(Qt.Key.Key_Down, 1.0) == {full}
    until(lambda: not study.moving)
    # A drag of the crosshair moves the other planes.
    study.set_rois([])
    study.set_tool(Tool.CROSSHAIR)
    study.set_moving(True)
    qtbot.mousePress(axial, LEFT, pos=middle)
    for right in range(4, 40, 4):
        qtbot.mouseMove(axial, middle + QPoint(right, 0))
    assert _pixels(sagittal).shape == (60, 130) and _pixels(axial).shape == full
    qtbot.mouseRelease(axial, LEFT, pos=middle + QPoint(40, 0))
    until(lambda: not study.moving)
    assert _pixels(sagittal).shape == (120, 260)
