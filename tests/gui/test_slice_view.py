"""A pane draws each voxel at its position."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from phantoms import ORIENTATIONS, affine_of
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.ortho_view import OrthoView
from srviewer.gui.views.pane_texts import NOT_YET
from srviewer.gui.views.slice_view import SliceView
from srviewer.sr.reconstruction.progressive_preview import PreviewSlice
from srviewer.sr.requests.request import Request

SHAPE, SPACING = (14, 16, 10), (2.0, 1.5, 4.0)
BRIGHT = (3, 5, 7)


def _one_bright_voxel(directions: np.ndarray) -> Volume:
    voxels = np.zeros(SHAPE, np.float32)
    voxels[BRIGHT] = 100
    return Volume(voxels, Geometry(SHAPE, affine_of(directions, SPACING)), "one bright voxel")


def _grey(picture: QImage, position: QPointF) -> int:
    return picture.pixelColor(round(position.x()), round(position.y())).value()


@pytest.mark.parametrize("number", range(len(ORIENTATIONS)))
def test_the_voxel_under_the_crosshair_is_drawn_under_the_crosshair(
    number: int, study: ShownStudy, ortho: OrthoView, qapp: QApplication
) -> None:
    volume = _one_bright_voxel(ORIENTATIONS[number])
    study.set_smooth(False)
    study.set_radiological(number % 2 == 0)
    study.open(volume, (), None)
    study.set_window(Window(0, 100))
    world = volume.geometry.world(BRIGHT)
    study.move_cursor(world)
    qapp.processEvents()
    for pane in ortho.panes.values():
        position = pane.position_of(study.view.cursor_mm)
        picture = pane.grab().toImage()
        assert _grey(picture, position) > 250
        assert np.allclose(pane.world_at(position), world, atol=1e-6)
        assert pane.slice is not None and pane.slice.inside


def test_the_bright_voxel_covers_its_millimetres_and_no_more(
    study: ShownStudy, ortho: OrthoView, qapp: QApplication
) -> None:
    volume = _one_bright_voxel(np.eye(3))
    study.set_smooth(False)
    study.open(volume, (), None)
    study.set_window(Window(0, 100))
    study.move_cursor(volume.geometry.world(BRIGHT))
    qapp.processEvents()
    pane = ortho.panes[Plane.CORONAL]
    picture = pane.grab().toImage()
    x, y, z = study.view.cursor_mm
    # A little beside the lines of the crosshair, just inside and just outside of the voxel.
    for side in (1, -1):
        for axis, beside in ((0, QPointF(0, 3)), (2, QPointF(3, 0))):
            half = SPACING[axis] / 2
            for reach, bright in ((half - 0.2, True), (half + 0.25, False)):
                at = [x, y, z]
                at[axis] += side * reach
                grey = _grey(picture, pane.position_of((at[0], at[1], at[2])) + beside)
                assert (grey > 250) is bright


@pytest.mark.parametrize(
    ("plane", "radiological", "left", "right"),
    [
        (Plane.AXIAL, True, "R", "L"),
        (Plane.AXIAL, False, "L", "R"),
        (Plane.CORONAL, True, "R", "L"),
        (Plane.CORONAL, False, "L", "R"),
        (Plane.SAGITTAL, True, "A", "P"),
        (Plane.SAGITTAL, False, "A", "P"),
    ],
)
def test_letters_follow_the_convention_and_the_pixels_follow_the_letters(
    plane: Plane,
    radiological: bool,
    left: str,
    right: str,
    study: ShownStudy,
    ortho: OrthoView,
    head: Volume,
) -> None:
    study.open(head, (), None)
    study.set_radiological(radiological)
    pane = ortho.panes[plane]
    assert pane.annotations.letters[:2] == (left, right)
    at_left, at_right = (
        pane.world_at(QPointF(x, pane.height() / 2)) for x in (1, pane.width() - 1)
    )
    assert at_left is not None and at_right is not None
    axis = 1 if plane is Plane.SAGITTAL else 0
    grows_to_the_left = left in "RA"
    assert (at_left[axis] > at_right[axis]) is grows_to_the_left


def test_a_thick_and_a_thin_volume_lie_over_each_other(
    study: ShownStudy, ortho: OrthoView, head: Volume, thick_head: Volume, qapp: QApplication
) -> None:
    study.open(thick_head, (), None)
    study.zoom_by(2.5, (4, 5, 6))
    point = (7.0, -3.0, 2.5)
    places = []
    for volume in (thick_head, head):
        ortho.panes[Plane.CORONAL].show_volume(volume, Line(""), "")
        places.append(ortho.panes[Plane.CORONAL].position_of(point))
    assert (places[0] - places[1]).manhattanLength() < 1e-6


def test_a_slice_of_a_result_to_come_lies_where_it_will_and_has_no_values_yet(
    study: ShownStudy, ortho: OrthoView, head: Volume, thick_head: Volume, qapp: QApplication
) -> None:
    study.open(thick_head, (), None)
    plane, pane = Plane.CORONAL, ortho.panes[Plane.CORONAL]
    cursor = study.view.cursor_mm
    expected = slice_at(head, plane, cursor)
    axis = plane.normal_axis(head.geometry)
    grid = head.geometry.cropped(axis, expected.index, expected.index + 1)
    alone = head.derived(np.take(head.voxels, [expected.index], axis), grid, "alone")
    x, y, z = cursor
    study.set_rois([Roi("rectangle", plane, ((x, y, z), (x + 9, y, z), (x, y, z + 9)))])
    qapp.processEvents()
    assert "voxels" in pane.annotations.shapes[0].text
    preview_slice = PreviewSlice(alone, plane, expected.index, 2, None)
    preview = ProgressivePreview(head.header, thick_head, Request(2, 4), {plane: preview_slice})
    pane.show_preview(preview)
    assert pane.slice is not None and np.array_equal(pane.slice.pixels, expected.pixels)
    assert (pane.slice.index, pane.slice.count) == (expected.index, expected.count)
    assert pane.slice.extent_mm == expected.extent_mm and pane.slice.letters == expected.letters
    assert pane.annotations.shapes[0].text == "324 mm\u00b2"
    pane.show_preview(ProgressivePreview(head.header, thick_head, Request(2, 4)))
    mark = " ".join(line.text for line in pane.annotations.top_left[:2])
    assert mark == NOT_YET and pane.volume is None
    assert pane.world_at(QPointF(pane.rect().center())) is not None


def test_smooth_and_blocks_differ_on_screen(
    study: ShownStudy, ortho: OrthoView, thick_head: Volume, qapp: QApplication
) -> None:
    study.open(thick_head, (), None)
    pictures = []
    for smooth in (True, False):
        study.set_smooth(smooth)
        qapp.processEvents()
        pictures.append(_levels(ortho.panes[Plane.CORONAL]))
    assert pictures[0] > 1.5 * pictures[1]  # between the blocks lie new greys


def _levels(pane: SliceView) -> int:
    """How often the grey changes along a line of the screen."""
    picture = pane.grab().toImage()
    column = [picture.pixelColor(pane.width() // 3, y).value() for y in range(pane.height())]
    return int(np.count_nonzero(np.diff(column)))


def test_a_pane_without_a_volume_says_what_to_do(study: ShownStudy, ortho: OrthoView) -> None:
    pane = ortho.panes[Plane.AXIAL]
    ortho.show_volume(None, Line(""), "Open a scan.")
    assert pane.annotations.hint == "Open a scan."
    assert pane.world_at(QPointF(10, 10)) is None
