"""A user compares two volumes: curtain, squares, difference, a held key, more rows, figures."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srviewer.__main__ import main
from srviewer.core.regions.roi import Roi, shape_of_words, shape_words
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.figure_dialog import FigureDialog
from srviewer.gui.panels.reconstruct.reconstruct_panel import ReconstructPanel
from srviewer.gui.texts.result_card import facts
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.widgets.intensity_box import IntensityBox
from srviewer.gui.window.bars.compare_bar import CompareBar
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.compared_volumes import CUBIC, ORIGINAL
from wheel import turn_wheel

Until = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def rebuilt(opened: MainWindow, until: Until) -> MainWindow:
    """The thick phantom and a linear result."""
    request = opened.study.request
    assert request is not None
    opened.study.set_request(replace(request, method="linear"))
    opened.controller.reconstructing.start()
    until(lambda: opened.study.result is not None)
    return opened


@pytest.fixture
def doubled(rebuilt: MainWindow, until: Until, tmp_path: Path) -> MainWindow:
    """Beside the scan a copy of it with every value doubled: what is seen tells which is which."""
    scan = rebuilt.study.scan
    assert scan is not None
    path = tmp_path / "doubled.nii.gz"
    nib.save(nib.Nifti1Image(2 * np.asarray(scan.voxels), scan.geometry.affine), path)
    rebuilt.controller.load_beside(path)
    until(lambda: len(rebuilt.study.compared_volumes.loaded) == 1)
    rebuilt.study.set_window(replace(rebuilt.study.view.window, low=0.0, high=2500.0))
    return rebuilt


def _pane(window: MainWindow, plane: Plane = Plane.AXIAL) -> SliceView:
    return window.compare.rows[0].panes[plane]


def _brightness(pane: SliceView, share: tuple[float, float]) -> float:
    """Mean grey of a small patch at a share of the pane from its left and its top."""
    QApplication.processEvents()
    image = pane.picture(1.0)
    x, y = (round(s * n) for s, n in zip(share, (image.width(), image.height()), strict=True))
    return float(
        np.mean([QColor(image.pixel(x + i, y + j)).value() for i in (0, 3, 6) for j in (0, 3, 6)])
    )


def _choose(window: MainWindow, qtbot: QtBot, layout: str) -> None:
    action = window.actions_offered[f"layout-{layout}"]
    qtbot.keyClick(window, action.shortcut().toString())
    assert window.study.comparing.layout == layout


def test_the_curtain_follows_the_mouse_in_every_pane(doubled: MainWindow, qtbot: QtBot) -> None:
    _choose(doubled, qtbot, "curtain")
    pane = _pane(doubled)
    left, right = (_brightness(pane, (x, 0.56)) for x in (0.42, 0.57))
    assert right > 1.5 * left
    middle = QPoint(pane.width() // 2, pane.height() // 3)
    cursor = doubled.study.view.cursor_mm
    qtbot.mousePress(pane, LEFT, pos=middle)
    qtbot.mouseMove(pane, QPoint(round(0.3 * pane.width()), middle.y()))
    qtbot.mouseRelease(pane, LEFT, pos=QPoint(round(0.3 * pane.width()), middle.y()))
    assert doubled.study.comparing.divider == pytest.approx(0.3, abs=0.01)
    assert doubled.study.view.cursor_mm == cursor  # the edge was taken, not the crosshair
    assert _brightness(pane, (0.42, 0.56)) == pytest.approx(2 * left, rel=0.15)
    for plane in Plane:
        divider = _pane(doubled, plane).annotations.divider
        assert divider is not None and divider.share == doubled.study.comparing.divider
    # Away from the edge the mouse does what it always does.
    qtbot.mouseClick(pane, LEFT, pos=QPoint(round(0.7 * pane.width()), middle.y()))
    assert doubled.study.view.cursor_mm != cursor


def test_the_edge_can_run_across(doubled: MainWindow, qtbot: QtBot) -> None:
    _choose(doubled, qtbot, "curtain")
    doubled.study.compare(replace(doubled.study.comparing, upright=False))
    pane = _pane(doubled)
    above, below = (_brightness(pane, (0.45, y)) for y in (0.44, 0.56))
    assert below > 1.4 * above


def test_holding_the_key_shows_b_and_letting_go_brings_a_back(
    doubled: MainWindow, qtbot: QtBot
) -> None:
    _choose(doubled, qtbot, "flip")
    pane = _pane(doubled)
    before = _brightness(pane, (0.45, 0.56))
    assert pane.annotations.top_left[0].text.startswith("scan")
    qtbot.keyPress(pane, Qt.Key.Key_F)
    held = _brightness(pane, (0.45, 0.56))
    assert held == pytest.approx(2 * before, rel=0.1)
    assert pane.annotations.top_left[0].text.startswith("doubled.nii.gz")
    qtbot.keyRelease(pane, Qt.Key.Key_F)
    assert _brightness(pane, (0.45, 0.56)) == before


def test_squares_of_both_alternate_and_scroll_together(doubled: MainWindow, qtbot: QtBot) -> None:
    pane = _pane(doubled)
    places = [pane.position_of((x, 4.0, 0.0)) - QPointF(3, 3) for x in (4.0, -4.0)]
    shares = [(place.x() / pane.width(), place.y() / pane.height()) for place in places]
    before = [_brightness(pane, share) for share in shares]
    doubled.study.compare(replace(doubled.study.comparing, tile_mm=8.0))
    _choose(doubled, qtbot, "checkerboard")
    after = [_brightness(pane, share) for share in shares]
    ratios = sorted(now / then for now, then in zip(after, before, strict=True))
    assert ratios == pytest.approx([1.0, 2.0], abs=0.2)
    number = pane.slice.index if pane.slice else None
    turn_wheel(pane, 1)
    assert pane.slice is not None and pane.slice.index == number + 1


def test_a_difference_is_signed_and_its_range_stands_beside_it(
    doubled: MainWindow, qtbot: QtBot
) -> None:
    _choose(doubled, qtbot, "difference")
    doubled.study.compare(replace(doubled.study.comparing, difference_range=1000.0))
    pane = _pane(doubled)
    bar = pane.annotations.colour_bar
    assert bar is not None and (bar.low, bar.high) == (-1000.0, 1000.0)
    QApplication.processEvents()
    image = pane.picture(1.0)
    colour = QColor(image.pixel(round(0.45 * image.width()), round(0.56 * image.height())))
    assert colour.blue() > colour.red() + 30  # original minus doubled is negative
    one, other = doubled.study.compared_volumes.shown
    doubled.study.keep(doubled.study.compared_volumes.showing((other, one)))
    QApplication.processEvents()
    image = pane.picture(1.0)
    colour = QColor(image.pixel(round(0.45 * image.width()), round(0.56 * image.height())))
    assert colour.red() > colour.blue() + 30
    box = doubled.findChild(CompareBar).findChild(IntensityBox)
    assert box.text() == "\N{PLUS-MINUS SIGN} 1000.00"
    study = doubled.study
    assert study.scan is not None
    study.open(replace(study.scan, voxels=study.scan.voxels * np.float32(1e-12)), (), None)
    span = study.difference_span()
    assert 0 < span < 1e-6 and box.text() == f"\N{PLUS-MINUS SIGN} {span:.0e}".replace("e-0", "e-")


def test_four_rows_with_cubic_and_two_results_each_with_its_scores(
    rebuilt: MainWindow, until: Until, truth_file: Path, qtbot: QtBot
) -> None:
    study = rebuilt.study
    assert study.request is not None
    study.set_request(replace(study.request, method="nearest"))
    rebuilt.controller.reconstructing.start()
    until(lambda: len(study.compared_volumes.results) == 2)
    rebuilt.controller.load_reference(truth_file)
    keys = [one.key for one in study.compared_volumes.results]
    study.keep(study.compared_volumes.showing((ORIGINAL, CUBIC, *keys)))
    until(lambda: study.compared_volumes.cubic is not None)
    until(lambda: all(one.scores is not None for one in study.compared_volumes.results))
    _choose(rebuilt, qtbot, "compare")
    QApplication.processEvents()
    rows = rebuilt.compare.rows
    badges = [
        [line.text for line in row.panes[Plane.CORONAL].annotations.top_right] for row in rows
    ]
    assert badges[0] == [] and "dB" in badges[1][0]
    assert badges[2][1] == badges[3][1] == f"cubic {badges[1][0]}"
    assert badges[2][0] != badges[3][0]
    assert rebuilt.height() <= 800 and rebuilt.width() <= 1280
    # The keys for the worst slices go by the scores.
    qtbot.keyClick(rebuilt, Qt.Key.Key_W)
    scores = study.scores
    assert scores is not None
    rows_of = [row["psnr"] for row in scores.candidate.per_slice[1]]
    order = sorted((v, n) for n, v in enumerate(rows_of) if v is not None)
    pane = rebuilt.compare.rows[2].panes[Plane.CORONAL]
    assert pane.slice is not None and pane.slice.index == order[0][1]
    qtbot.keyClick(rebuilt, Qt.Key.Key_N)
    assert pane.slice.index == order[1][1]


def test_what_shares_no_space_scrolls_by_itself_and_says_so(
    rebuilt: MainWindow, until: Until, tmp_path: Path, head: Volume, qtbot: QtBot
) -> None:
    affine = np.array(head.geometry.affine)
    affine[:3, 3] += 700
    path = tmp_path / "far.nii.gz"
    nib.save(nib.Nifti1Image(np.asarray(head.voxels), affine), path)
    rebuilt.controller.load_beside(path)
    until(lambda: len(rebuilt.study.compared_volumes.loaded) == 1)
    _choose(rebuilt, qtbot, "compare")
    far = rebuilt.compare.rows[1].panes[Plane.AXIAL]
    QApplication.processEvents()
    assert far.slice is not None and far.slice.inside
    number = far.slice.index
    rebuilt.study.move_cursor((3.0, 2.0, 9.0))
    assert far.slice.index == number
    notes = rebuilt.compare.notes
    assert "far.nii.gz: No space in common" in notes.notes[0].text
    rebuilt.study.rotate_planes((10.0, 0.0, 0.0))
    assert "its planes are not rotated along" in notes.notes[1].text
    assert far.annotations.top_left[-1].text.startswith("Axial  ")  # as it is along its voxels
    rebuilt.study.rotate_planes((0.0, 0.0, 0.0))
    assert "rotated along" not in notes.notes[0].text
    _choose(rebuilt, qtbot, "curtain")
    said = rebuilt.compare.notes.notes[0].text
    assert "No space in common" in said and _pane(rebuilt).annotations.divider is None


def test_the_copied_line_makes_the_same_picture(
    doubled: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(doubled, qtbot, "curtain")
    study = doubled.study
    study.compare(replace(study.comparing, divider=0.4))
    study.move_cursor((-3.5, 4.0, 6.0))
    study.zoom_by(1.3, (1.0, 2.0, 3.0))
    study.turn(lambda turn: turn.flipped(False).rotated(1))
    dialog = FigureDialog(study, doubled)
    qtbot.addWidget(dialog)
    dialog.width_box.setValue(800)
    dialog.height_box.setValue(600)
    dialog.dpi_box.setValue(96)
    for suffix in ("png", "svg", "pdf"):
        dialog.save(tmp_path / f"window.{suffix}")
        assert (tmp_path / f"window.{suffix}").stat().st_size > 1000
    doubled.actions_offered["copy-screenshot"].trigger()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[:2] == ["srviewer", "screenshot"]
    monkeypatch.chdir(tmp_path)
    assert main([*words[1:], "--size", "800x600"]) == 0
    one, other = (_array(tmp_path / name) for name in ("window.png", "figure.png"))
    assert one.shape == other.shape
    assert np.abs(one - other).mean() < 0.05 and np.ptp(one) > 200


def _array(path: Path) -> np.ndarray:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return pixels[:, : 3 * image.width()].astype(float)


def test_the_line_of_the_rebuild_gives_the_same_voxels(
    opened: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = opened.study
    shape = Roi("ellipse", Plane.AXIAL, ((0.5, 0.1, 0.0), (8.0, 0.1, 0.0), (0.5, 8.0, 0.0)))
    study.set_rois([shape])
    study.lock(shape)
    request = study.request
    assert request is not None
    study.set_request(
        replace(request, factor=2, flips=True, thickness_mm=3.1, profile="gaussian", fusion="first")
    )
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    assert study.result is not None and "Slice profile: Gaussian." in facts(study.result)
    panel = opened.panels.findChild(ReconstructPanel)
    assert panel.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    (copy,) = panel.actions()
    copy.trigger()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[:2] == ["srviewer", "reconstruct"]
    # Another machine's default may be another model.
    assert words[words.index("--model") + 1] == request.model
    monkeypatch.chdir(tmp_path)
    assert main(words[1:]) == 0
    assert study.result is not None and study.result.region is not None
    written = nib.load(tmp_path / "result.nii.gz")
    assert np.array_equal(np.asarray(written.dataobj), study.result.volume.voxels)


def test_a_shape_is_read_back_from_its_words() -> None:
    shape = Roi("rectangle", Plane.CORONAL, ((0.1, -2.0, 1e-7), (3.3, 0.0, 0.0), (0.0, 4.0, -9.0)))
    assert shape_of_words(shape_words(shape)) == shape
    for wrong in ("", "distance:axial:0,0,0:1,1,1", "ellipse:axial:0,0,0", "ellipse:up:1:2:3"):
        with pytest.raises(ValueError):
            shape_of_words(wrong)


def test_a_result_that_is_in_no_file_is_rebuilt_by_the_line(
    rebuilt: MainWindow, qtbot: QtBot, thick_file: Path
) -> None:
    _choose(rebuilt, qtbot, "difference")
    rebuilt.actions_offered["copy-screenshot"].trigger()
    first, second = QGuiApplication.clipboard().text().split(" && ")
    assert first.startswith(
        f"srviewer reconstruct {shlex.quote(str(thick_file))} -o result-1.nii.gz"
    )
    assert "--method linear --axis k --factor 4" in first
    assert "--second result-1.nii.gz" in second and "--layout difference" in second
    rebuilt.actions_offered["copy-reconstruct"].trigger()
    assert QGuiApplication.clipboard().text().startswith("srviewer reconstruct ")
