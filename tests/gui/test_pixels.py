"""Voxels become the same image however they lie in memory."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage

from srviewer.core.intensity.window import Window
from srviewer.core.volumes.volume import Voxels
from srviewer.gui.appearance.colour_maps import Table, colours_of, grey
from srviewer.gui.views.drawing.pixels import along_memory, image_of, image_of_colours

ROWS, COLUMNS = 37, 53  # a line of grey bytes does not end on a whole word


def _colours(image: QImage) -> np.ndarray:
    """(rows, columns, 3) RGB of every pixel, asked of Qt one by one."""
    size = image.height(), image.width()
    seen = [image.pixelColor(x, y).getRgb()[:3] for y in range(size[0]) for x in range(size[1])]
    return np.array(seen).reshape(*size, 3)


def _values() -> Voxels:
    values = np.random.default_rng(3).normal(100, 80, (ROWS, COLUMNS)).astype(np.float32)
    values[0, :3] = -1e9, 1e9, 40.0
    return values


def _inside(values: Voxels) -> Voxels:
    """The same as every second line of a larger array, no two of whose values lie side by side."""
    larger = np.zeros((2 * ROWS, 2 * COLUMNS), np.float32)
    larger[::2, ::2] = values
    return larger[::2, ::2]


@pytest.mark.parametrize(
    "laid",
    [
        np.ascontiguousarray,
        np.asfortranarray,
        lambda values: np.ascontiguousarray(values[::-1, ::-1])[::-1, ::-1],
        _inside,
        lambda values: _inside(values[::-1])[::-1],
    ],
)
@pytest.mark.parametrize("colours", [None, colours_of("hot", True)])
@pytest.mark.parametrize("smooth", [True, False])
def test_an_image_is_the_window_applied_to_each_pixel(
    laid: Callable[[Voxels], Voxels], colours: Table | None, smooth: bool
) -> None:
    values, window = _values(), Window(20.0, 180.0)
    table, whole = (grey(), 255) if colours is None else (colours, 256)
    level = np.clip((values.astype(float) - 20) / 160 * whole, 0, 255).astype(int)
    pixels = laid(values)
    assert np.array_equal(pixels, values)
    seen = _colours(image_of(along_memory(pixels), window, colours, smooth))
    wrong = (seen != table[level]).any(axis=-1)
    assert wrong.mean() < 0.002  # a value on the edge of two levels, rounded as float32


def test_pixels_that_lie_side_by_side_are_not_copied() -> None:
    values = _values()
    assert np.shares_memory(along_memory(values.T[::-1]), values)
    assert not np.shares_memory(along_memory(_inside(values)), values)


def test_a_window_without_width_is_a_threshold() -> None:
    values = _values()
    seen = _colours(image_of(values, Window(100.0, 100.0), None, True))
    assert set(seen[values <= 100].ravel()) == {0}
    assert set(seen[values >= 101].ravel()) == {255}


@pytest.mark.parametrize("smooth", [True, False])
def test_colours_keep_their_alpha(smooth: bool) -> None:
    colours = np.zeros((2, 3, 4), np.uint8)
    colours[0, 1], colours[1, 2] = (255, 0, 0, 255), (0, 0, 255, 51)
    image = image_of_colours(colours[:, ::-1], smooth)
    assert image.pixelColor(1, 0).getRgb() == (255, 0, 0, 255)
    assert image.pixelColor(0, 1).getRgb() == (0, 0, 255, 51)
    assert image.pixelColor(2, 0).alpha() == 0
