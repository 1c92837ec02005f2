"""Overlays are drawn in their colours, at their position, with their opacity."""

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.colour_maps import COLOUR_MAPS, LABELS, diverging, heat
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.views.drawing.slice_overlay import DrawnOverlay, LabelColours, ValueColours
from srviewer.gui.views.ortho_view import OrthoView
from srviewer.study.state.overlay import Overlay


def _lightness(table: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB colours."""
    linear = np.where(table / 255 <= 0.04045, table / 255 / 12.92, (table / 255 + 0.055) / 1.055)
    linear = np.where(table / 255 <= 0.04045, linear, linear**2.4)
    y = linear @ (0.2126, 0.7152, 0.0722)
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


@pytest.mark.parametrize("row", COLOUR_MAPS, ids=lambda row: row.id)
def test_every_colour_map_grows_steadily_brighter(row) -> None:
    table = row.table()
    assert table.shape == (256, 3) and table.dtype == np.uint8
    steps = np.diff(_lightness(table.astype(float)))
    assert steps.min() > -1 and steps.max() < 3  # no band and no edge that the data has not
    assert np.diff(_lightness(table.astype(float)), axis=0).sum() > 60


def test_the_diverging_map_is_even_on_both_sides_of_white() -> None:
    lightness = _lightness(diverging().astype(float))
    assert lightness[127:129].min() > 88
    assert abs(lightness[0] - lightness[-1]) < 12
    assert heat().shape == (256, 3)


def test_a_graded_layer_fades_out_towards_0_and_hides_nothing_there() -> None:
    values = np.array([[0.0, 0.5, -0.5, 1.0, -3.0, 9.0]], np.float32)
    faded = ValueColours(diverging(), Window(-9.0, 9.0), 0.0, 1.0).rgba(values)
    assert faded[0, :, 3].tolist() == [0, 127, 127, 255, 255, 255]
    cut = ValueColours(diverging(), Window(-9.0, 9.0), 0.6, 1.0).rgba(values)
    assert cut[0, :, 3].tolist() == [0, 0, 0, 255, 255, 255]
    plain = ValueColours(diverging(), Window(-9.0, 9.0)).rgba(values)
    below_0 = ValueColours(diverging(), Window(-9.0, 9.0), -8.0).rgba(values)
    assert np.array_equal(below_0, plain)  # values below 0 alone have such a threshold
    assert (plain[..., 3] == 255).all()
    assert np.array_equal(plain[..., :3], faded[..., :3])


def _at(ortho: OrthoView, plane: Plane, world: tuple[float, float, float]) -> QColor:
    QApplication.processEvents()
    pane = ortho.panes[plane]
    place = pane.position_of(world)
    return pane.grab().toImage().pixelColor(round(place.x()), round(place.y()))


def test_a_label_map_on_a_coarser_grid_is_drawn_where_it_lies(
    study: ShownStudy, ortho: OrthoView, head: Volume
) -> None:
    study.open(head, (), None)
    study.move_cursor((0, 0, 0))
    coarse = head.geometry.coarsened(0, 4).coarsened(1, 4)
    labels = np.zeros(coarse.shape, np.float32)
    inside, beyond = (8.0, 9.0, 0.5), (14.5, 9.0, 0.5)
    labels[tuple(np.rint(coarse.index(inside)).astype(int))] = 2
    study.set_overlays([Overlay(Volume(labels, coarse, "labels"), 1.0)])
    assert _at(ortho, Plane.AXIAL, inside).getRgb()[:3] == tuple(LABELS[1])
    grey = _at(ortho, Plane.AXIAL, beyond)
    assert grey.red() == grey.green() == grey.blue()
    study.set_overlays([study.overlays[0].seen_at(0.0)])
    grey = _at(ortho, Plane.AXIAL, inside)
    assert grey.red() == grey.green() == grey.blue()


def test_a_graded_layer_of_one_view_hides_what_is_below_its_threshold(
    study: ShownStudy, ortho: OrthoView, head: Volume
) -> None:
    study.open(head, (), None)
    study.set_window(Window(5000, 6000))  # everything of the scan is black
    study.move_cursor((0, 0, 0))
    difference = np.zeros(head.geometry.shape, np.float32)
    difference[:20], difference[20:] = -3, 9
    layer = DrawnOverlay(
        Volume(difference, head.geometry, "difference"),
        ValueColours(diverging(), Window(-10, 10), threshold=5),
        1.0,
    )
    ortho.show_overlays((layer,))
    low, high = _at(ortho, Plane.CORONAL, (-9, 0, 9)), _at(ortho, Plane.CORONAL, (9, 0, 9))
    assert low.getRgb()[:3] == (0, 0, 0)
    assert high.red() > high.blue() + 50
    ortho.show_overlays(())
    assert _at(ortho, Plane.CORONAL, (9, 0, 9)).getRgb()[:3] == (0, 0, 0)


def test_a_layer_elsewhere_draws_nothing(head: Volume) -> None:
    affine = head.geometry.affine.copy()
    affine[:3, 3] += 900
    away = Volume(head.voxels, Geometry(head.geometry.shape, affine), "away")
    colours = DrawnOverlay(away, LabelColours(LABELS)).colours_on(
        head.geometry, Plane.AXIAL, (0, 0, 0)
    )
    assert colours.shape == (48, 40, 4)
    assert not colours[..., 3].any()
