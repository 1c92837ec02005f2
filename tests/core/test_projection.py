"""The turning projection against values worked out by hand."""

import numpy as np
import pytest

from phantoms import ORIENTATIONS, affine_of
from srviewer.core.geometry import Geometry
from srviewer.core.projection import VIEWS, ends_at, turntable
from srviewer.core.volume import Volume
from srviewer.job import run


def _dot(directions: np.ndarray, world: tuple[float, float, float]) -> Volume:
    shape = (21, 25, 17)
    affine = affine_of(directions, (1, 1, 1), (0, 0, 0))
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    voxels = np.zeros(shape, np.float32)
    geometry = Geometry(shape, affine)
    voxels[tuple(np.rint(geometry.index(world)).astype(int))] = 7
    return Volume(voxels, geometry, "dot")


@pytest.mark.parametrize("number", [0, 13, 29, 47])
def test_a_dot_goes_round(number: int) -> None:
    made = run(turntable(_dot(ORIENTATIONS[number], (6, 3, 4))))
    width, height = made.extent_mm
    for degrees, across in ((0, 6), (90, 3), (180, -6), (270, -3), (360, 6)):
        view = made.at(degrees)
        row, column = np.argwhere(view == 7).mean(axis=0)
        assert (column + 0.5) / view.shape[1] * width - width / 2 == pytest.approx(across, abs=1)
        assert (row + 0.5) / view.shape[0] * height - height / 2 == pytest.approx(4, abs=1)


def test_every_view_keeps_the_brightest_voxel_and_nothing_is_drawn_out(head: Volume) -> None:
    made = run(turntable(head))
    assert len(made.views) == VIEWS
    assert np.all(made.views.max(axis=(1, 2)) > 0.9 * head.voxels.max())
    assert np.all(made.views[:, :, 0] == head.voxels.min())


def test_the_edges_are_named_after_where_the_columns_run() -> None:
    named = {degrees: ends_at(degrees) for degrees in (0, 10, 90, 180, 270, 300)}
    assert named[0] == named[10] == ("L", "R")
    assert named[90] == ("P", "A") and named[180] == ("R", "L") and named[270] == ("A", "P")
    assert named[300] == ("AL", "PR")
