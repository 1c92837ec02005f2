"""A user rotates the planes: mouse, keys, panel, measurements, scores, figures, sessions."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import nibabel as nib
import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scipy.ndimage import map_coordinates, minimum_filter

from srviewer.__main__ import main
from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane, pane_position
from srviewer.core.slices.rotated_planes import NOT_ROTATED, matrix_of
from srviewer.core.slices.thick_slab import ThickSlab
from srviewer.core.slices.trilinear import sampled_plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.state.progressive_preview import awaited
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.sessions.session_file import SUFFIX

Until = Callable[[Callable[[], bool]], None]
Rebuild = Callable[..., None]
LEFT, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier


def _drag(
    qtbot: QtBot, pane: SliceView, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier
) -> None:
    qtbot.mousePress(pane, LEFT, keys, start)
    qtbot.mouseMove(pane, (start + end) / 2)
    qtbot.mouseMove(pane, end)
    assert pane.study.moving
    qtbot.mouseRelease(pane, LEFT, keys, end)
    assert not pane.study.moving


def _notes(window: MainWindow) -> str:
    return " | ".join(line.text for line in window.compare.notes.notes)


def _value_under(pane: SliceView, at: QPointF) -> float:
    """The pixel that is drawn at a position of the pane."""
    assert pane.slice is not None
    left, bottom, width, height = pane.slice.extent_mm
    rows, columns = pane.slice.pixels.shape
    world = pane.world_at(at)
    x, y = pane_position(pane.grid, pane.plane, world)
    row, column = int((y - bottom) / height * rows), int((x - left) / width * columns)
    return float(pane.slice.pixels[row, column])


def _value_at(pane: SliceView, at: QPointF) -> float:
    """The volume at the middle of that pixel, through its affine."""
    grid, world = pane.shown.volume.geometry, pane.world_at(at)
    middle = grid.index(world)
    axes = [axis for axis in range(3) if axis != pane.plane.axes[0]]
    middle[axes] = np.round(middle[axes])
    index = pane.volume.geometry.index(grid.world(middle))
    return float(map_coordinates(pane.volume.voxels, index[:, None], order=1, mode="nearest")[0])


def _empty_pixels(pane: SliceView) -> list[list[int]]:
    """(row, column) of pixels whose neighbours, too, are outside of the scan."""
    empty = pane.slice.pixels == np.float32(pane.shown.volume.padding)
    return np.argwhere(minimum_filter(empty, 5)).tolist()


def _drawn_at(pane: SliceView, row: int, column: int) -> QPoint:
    """Where a pixel of the slice is drawn."""
    left, bottom, width, height = pane.slice.extent_mm
    rows, columns = pane.slice.pixels.shape
    x, y = left + (column + 0.5) * width / columns, bottom + (row + 0.5) * height / rows
    return pane.placement.transform.map(QPointF(x, y)).toPoint()


def test_a_drag_takes_the_slice_along_and_all_panes_show_the_rotated_planes(
    opened: MainWindow, pane: SliceView, qtbot: QtBot, until: Until, truth_file: Path
) -> None:
    study = opened.study
    opened.controller.load_beside(truth_file)
    until(lambda: len(study.compared_volumes.loaded) == 1)
    opened.arrange("compare")
    QApplication.processEvents()
    study.move_cursor((4.0, -3.0, 2.0))
    cross = pane.position_of(study.view.cursor_mm).toPoint()
    start, end = cross + QPoint(60, 0), cross + QPoint(0, 60)
    held = pane.world_at(QPointF(start))
    before = _value_under(pane, QPointF(start))
    _drag(qtbot, pane, start, end, ALT)  # clockwise, by a quarter
    assert np.allclose(np.abs(study.view.rotation), (0, 0, 90), atol=1.5)
    assert (pane.position_of(held) - QPointF(end)).manhattanLength() < 3
    assert (pane.position_of(study.view.cursor_mm) - QPointF(cross)).manhattanLength() < 1.5
    assert abs(_value_under(pane, QPointF(end)) - before) < 40
    assert _notes(opened).startswith("oblique planes, rotated by 0\N{DEGREE SIGN}, 0")
    # On from there by a handle of the coronal pane: now no plane lies along the voxel axes.
    coronal = opened.compare.scan.panes[Plane.CORONAL]
    assert coronal.annotations.handles
    cross = coronal.position_of(study.view.cursor_mm).toPoint()
    handle = QPoint(62, cross.y())
    _drag(qtbot, coronal, handle, handle + QPoint(8, -40), Qt.KeyboardModifier.NoModifier)
    assert all(abs(angle) > 5 for angle in study.view.rotation[1:])
    for row in (opened.compare.scan, opened.compare.result):
        for shown in row.panes.values():
            cross = shown.position_of(study.view.cursor_mm)
            for at in (cross, cross + QPointF(9, 14), cross + QPointF(-17, 6)):
                assert abs(_value_under(shown, at) - _value_at(shown, at)) < 0.05
            assert shown.annotations.top_left[-1].text == f"{shown.plane.title}, oblique"
    assert any("\N{DEGREE SIGN}" in letter for letter in pane.annotations.letters)
    assert (pane.grid.affine == opened.compare.scan.panes[Plane.SAGITTAL].grid.affine).all()
    study.rotate_planes((30.0, 20.0, 40.0))
    study.set_inverted(True)  # outside of the scan it is as black as around plain slices
    picture, marks = pane.picture(1.0), [_drawn_at(pane, *pixel) for pixel in _empty_pixels(pane)]
    assert len(marks) > 20 and {
        picture.pixelColor(at).value() for at in marks if picture.rect().contains(at)
    } == {0}
    study.set_preview(awaited(study.scan, study.request))  # a result to come has no volume yet
    assert opened.compare.scan.panes[Plane.AXIAL].slice is not None
    study.set_preview(None)


def test_steps_run_along_the_normal_and_a_click_stays_in_the_plane(
    opened: MainWindow, pane: SliceView, qtbot: QtBot, thick_head: Volume
) -> None:
    study = opened.study
    study.rotate_planes((20.0, 10.0, -30.0))
    normal = pane.grid.directions[:, 2]
    slices = [pane.slice.index]
    at = np.array(study.view.cursor_mm)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(pane, key)
        way = np.array(study.view.cursor_mm) - at
        assert np.allclose(way, (way @ normal) * normal, atol=1e-6)
        slices.append(pane.slice.index)
    assert np.diff(slices).tolist() == [1, 1, -1]
    assert np.isclose(pane.grid.spacing[2], min(thick_head.geometry.spacing))
    heights = (
        thick_head.geometry.world(
            list(product(*((-0.5, n - 0.5) for n in thick_head.geometry.shape)))
        )
        @ normal
    )
    ends, count = [], pane.slice.count
    for key, last in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_End, count - 1)):
        qtbot.keyClick(pane, key)
        assert pane.slice.index == last and pane.slice.count == count and pane.slice.inside
        ends.append(np.array(study.view.cursor_mm))
    step = pane.grid.spacing[2]  # the plane goes through the scan from corner to corner
    assert ends[0] @ normal - heights.min() < step and heights.max() - ends[1] @ normal < step
    study.move_cursor(sum(ends) / 2)
    at = np.array(study.view.cursor_mm)
    middle = pane.position_of(study.view.cursor_mm).toPoint()
    qtbot.mouseClick(pane, LEFT, pos=middle + QPoint(25, -15))
    moved = np.array(study.view.cursor_mm) - at
    assert np.linalg.norm(moved) > 1 and abs(moved @ normal) < 1e-6
    scale = pane.placement.mm_per_pixel
    assert np.isclose(np.linalg.norm(moved), np.hypot(25, 15) * scale, atol=2 * scale)


def test_distances_are_in_mm_regions_are_refused_and_scores_are_off(
    opened: MainWindow, rebuild: Rebuild, until: Until, qtbot: QtBot, truth_file: Path
) -> None:
    rebuild()
    study = opened.study
    opened.controller.load_reference(truth_file)
    until(lambda: study.scores is not None)
    above, below = (row.panes[Plane.AXIAL] for row in (opened.compare.scan, opened.compare.result))
    centre = study.view.cursor_mm
    study.set_rois([Roi("ellipse", Plane.AXIAL, (centre, (9, 0, 0), (0, 9, 0)), "region")])
    assert below.annotations.top_right != () and len(above.annotations.shapes) == 1
    study.rotate_planes((25.0, -15.0, 0.0))
    assert below.annotations.top_right == () and above.annotations.shapes == ()
    assert "not scored, since scores are of plain slices" in _notes(opened)
    study.set_thick_slab(ThickSlab("mean", 12.0, shown=True))
    assert any("no thick slab" in line.text for line in above.annotations.top_left)
    middle = above.rect().center()
    above.setFocus()
    for key, count in ((Qt.Key.Key_O, 1), (Qt.Key.Key_D, 2)):
        qtbot.keyClick(above, key)
        qtbot.mousePress(above, LEFT, pos=middle)
        if key == Qt.Key.Key_O:
            assert above.annotations.reading.startswith("Regions hold voxels of plain planes")
        qtbot.mouseMove(above, middle + QPoint(20, 30))
        qtbot.mouseRelease(above, LEFT, pos=middle + QPoint(30, 40))
        assert len(study.rois) == count
    distance = study.rois[1]
    assert np.isclose(distance.length_mm, 50 * above.placement.mm_per_pixel, rtol=1e-6)
    assert abs(np.subtract(*distance.points_mm)[2]) > 1  # it leaves the slice of the scan
    assert [shape.kind for shape in above.annotations.shapes] == ["distance"]
    qtbot.keyClick(above, Qt.Key.Key_Up)
    qtbot.keyClick(above, Qt.Key.Key_Up)
    assert above.annotations.shapes == ()
    study.set_thick_slab(replace(study.view.thick_slab, shown=False))
    qtbot.keyClick(above, Qt.Key.Key_Q)
    study.move_cursor(distance.points_mm[0])
    assert study.view.rotation == NOT_ROTATED
    assert all(shape.kind == "ellipse" for shape in above.annotations.shapes)
    assert below.annotations.top_right != () and "oblique" not in _notes(opened)


def test_planes_are_sampled_as_finely_as_the_screen_or_a_figure_shows_them(
    opened: MainWindow, pane: SliceView, thick_head: Volume
) -> None:
    study, finest = opened.study, min(thick_head.geometry.spacing)
    study.rotate_planes((10.0, -20.0, 30.0))

    def edge_mm() -> float:
        """Of a pixel of the slice."""
        assert pane.shown is not None and pane.shown.volume is not None
        return pane.shown.volume.geometry.spacing[0]

    def middle(picture: QImage) -> np.ndarray:
        """(pane height, pane width) grey levels in the middle of a picture."""
        grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
        lines = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), -1)
        top, left = (grey.height() - pane.height()) // 2, (grey.width() - pane.width()) // 2
        inner = lines[top : top + pane.height(), left : left + pane.width()]
        return np.asarray(inner, float)

    for zoom in (1.0, 8.0, pane.placement.mm_per_pixel / (3 * finest)):
        study.look(replace(study.view, zoom=zoom))
        shown = pane.placement.mm_per_pixel / pane.devicePixelRatioF()
        assert np.isclose(edge_mm(), max(finest, shown))
    coarse = edge_mm()
    assert np.isclose(coarse * pane.devicePixelRatioF(), 3 * finest)
    finer, magnified = pane.picture(4.0), pane.picture(1.0)
    assert edge_mm() == coarse  # the screen is as it was
    magnified = magnified.scaledToWidth(finer.width(), Qt.TransformationMode.SmoothTransformation)
    study.look(replace(study.view, zoom=4 * study.view.zoom))
    near = middle(pane.picture(1.0))
    assert np.std(middle(finer) - near) < 0.8 * np.std(middle(magnified) - near)


def test_large_planes_are_coarse_while_they_move_and_fine_at_rest_and_in_pictures(
    window: MainWindow, qtbot: QtBot, until: Until
) -> None:
    shape = (256, 256, 120)
    grid = Geometry(shape, np.diag([0.9, 0.9, 0.9, 1.0]))
    voxels = np.random.default_rng(5).normal(100, 20, shape).astype(np.float32)
    study = window.study
    study.open(Volume(voxels, grid, "noise"), (), None)
    study.rotate_planes((12.0, 8.0, 20.0))
    study.look(replace(study.view, zoom=4.0))  # where the screen is finer than the voxels
    panes = window.compare.scan.panes
    axial, coronal = panes[Plane.AXIAL], panes[Plane.CORONAL]
    until(lambda: axial.slice is not None)

    def fast() -> tuple[bool, bool]:
        return axial.rotated.fast, coronal.rotated.fast

    assert fast() == (False, False)
    for _ in range(20):  # as a key that is held
        qtbot.keyClick(axial, Qt.Key.Key_Up)
        if study.moving:
            break
    # The coronal plane is the same, step after step, and stays as fine as it was.
    assert fast() == (True, False)
    coarse, moving = axial.slice.pixels.shape, axial.picture(1.0)
    assert axial.slice.pixels.shape == coarse
    until(lambda: not study.moving)
    assert fast() == (False, False) and axial.slice.pixels.shape > coarse
    assert axial.picture(1.0) == moving
    fine = replace(axial.rotated, fast=False, coarseness=1.0)
    assert (axial.shown.volume.voxels == sampled_plane(study.scan, fine).voxels).all()
    # A drag that is held still, as one whose release never comes, is at rest, too.
    at = axial.rect().center() + QPoint(40, 0)
    qtbot.mousePress(axial, LEFT, ALT, at)
    for down in (10, 20):
        qtbot.mouseMove(axial, at + QPoint(0, down))
    assert fast() == (True, True)
    until(lambda: not study.moving)
    assert fast() == (False, False)
    qtbot.mouseMove(axial, at + QPoint(0, 30))
    assert fast() == (True, True)
    qtbot.mouseRelease(axial, LEFT, ALT, at + QPoint(0, 30))
    assert fast() == (False, False)


def test_masks_follow_the_planes(
    opened: MainWindow, pane: SliceView, until: Until, thick_head: Volume, tmp_path: Path
) -> None:
    study = opened.study
    mask = np.zeros(thick_head.voxels.shape, np.float32)
    i, j, k = np.rint(thick_head.geometry.index(study.view.cursor_mm)).astype(int)
    mask[i + 8 : i + 13, j - 2 : j + 3, k - 1 : k + 2] = 1
    path = tmp_path / "lesion.nii.gz"
    nib.save(nib.Nifti1Image(mask, thick_head.geometry.affine), path)
    opened.panels.findChild(LookPanel).overlays.load(path)
    until(lambda: len(study.overlays) == 1)
    study.set_overlays([study.overlays[0].seen_at(1.0)])
    study.rotate_planes((0.0, 15.0, 35.0))
    QApplication.processEvents()
    picture = pane.picture(1.0)
    cross, normal = np.array(study.view.cursor_mm), pane.grid.directions[:, 2]
    marked, plain = (thick_head.geometry.world([i + d, j, k]) for d in (10, -10))
    for point, seen in ((marked, True), (plain, False)):
        inside = point - ((point - cross) @ normal) * normal
        at = pane.position_of(tuple(inside)).toPoint()
        assert (QColor(picture.pixel(at)).saturation() > 100) == seen


def test_keys_panel_undo_a_session_and_a_command_line_know_the_rotation(
    opened: MainWindow, pane: SliceView, qtbot: QtBot, until: Until, tmp_path: Path
) -> None:
    study, box = opened.study, opened.panels.findChild(LookPanel).oblique
    opened.panels.show_panel("look")
    cross = study.view.cursor_mm
    held = pane.world_at(pane.position_of(cross) + QPointF(50, 0))
    for _ in range(3):
        qtbot.keyClick(pane, Qt.Key.Key_Period)
    assert np.allclose(np.abs(study.view.rotation), (0, 0, 3), atol=0.01)
    away = pane.position_of(held) - pane.position_of(cross)
    assert away.y() > 2  # what was on the right has gone down: clockwise
    opened.actions_offered["undo"].trigger()
    assert study.view.rotation == NOT_ROTATED and study.view.centre_mm is None
    box.angles[0].selectAll()
    qtbot.keyClicks(box.angles[0], "-12.5")
    qtbot.keyClick(box.angles[0], Qt.Key.Key_Return)
    assert study.view.rotation == (-12.5, 0.0, 0.0) and box.plain.isEnabled()
    opened.actions_offered["copy-screenshot"].trigger()
    line = shlex.split(QGuiApplication.clipboard().text())
    option = next(word for word in line if word.startswith("--rotate"))
    assert option == "--rotate=-12.5,0.0,0.0"
    pictures = []
    for name, words in (("a.png", line), ("b.png", [w for w in line if w != option])):
        words[words.index("-o") + 1] = str(tmp_path / name)
        assert main(words[1:]) == 0
        pictures.append(QImage(str(tmp_path / name)))
    assert pictures[0] != pictures[1]
    path = tmp_path / f"oblique{SUFFIX}"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and not opened.controller.work.tasks)
    opened.studies.close(0)
    opened.open([path])
    until(lambda: study.scan is not None)
    assert study.view.rotation == (-12.5, 0.0, 0.0) and box.angles[0].value() == -12.5
    qtbot.mouseClick(box.plain, LEFT)
    assert study.view.rotation == NOT_ROTATED and not box.plain.isEnabled()
    qtbot.keyClick(pane, Qt.Key.Key_U)
    assert pane.annotations.handles
    middle = pane.position_of(study.view.cursor_mm).toPoint()
    _drag(qtbot, pane, middle + QPoint(50, 0), middle + QPoint(45, 20), Qt.KeyboardModifier(0))
    qtbot.keyClick(pane, Qt.Key.Key_R)
    assert study.view.rotation == NOT_ROTATED


def test_an_oblique_scan_is_aligned_to_the_patient(
    window: MainWindow, qtbot: QtBot, until: Until, thick_head: Volume, tmp_path: Path
) -> None:
    affine = np.eye(4)
    affine[:3, :3] = matrix_of((18.0, -7.0, 11.0))
    oblique = Geometry(thick_head.voxels.shape, affine @ thick_head.geometry.affine)
    path = tmp_path / "oblique.nii.gz"
    nib.save(nib.Nifti1Image(np.asarray(thick_head.voxels), oblique.affine), path)
    window.open([path])
    until(lambda: window.study.scan is not None)
    pane = window.compare.scan.panes[Plane.AXIAL]
    assert "along the voxel axes" in _notes(window)
    pane.setFocus()
    qtbot.keyClick(pane, Qt.Key.Key_Y)
    assert np.allclose(pane.grid.directions, np.eye(3), atol=1e-4)
    assert pane.annotations.letters == ("R", "L", "P", "A")
    assert pane.annotations.top_left[-1].text == "Axial, patient's axes"
    assert "along the voxel axes" not in _notes(window) and "patient's axes, rotated by" in _notes(
        window
    )
    assert not window.actions_offered["oblique-patient"].isEnabled()
    picture = tmp_path / "figure.png"
    assert main(["screenshot", str(path), "--patient-axes", "-o", str(picture)]) == 0
    assert not QImage(str(picture)).isNull()
    refused = ["screenshot", str(path), "--rotate=1,2,3", "--slab", "mean:5", "-o", str(picture)]
    assert main(refused) != 0
