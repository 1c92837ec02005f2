"""The turning projection against values worked out by hand."""

import numpy as np
import pytest

from phantoms import ORIENTATIONS, affine_of
from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.projection import VIEWS, FacingSlab, ends_at, turntable
from srviewer.core.volumes.volume import Volume
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


@pytest.mark.parametrize("number", [0, 13, 29, 47])
def test_a_slab_faces_the_viewer_and_leaves_out_what_lies_before_and_behind(number: int) -> None:
    volume = _dot(ORIENTATIONS[number], (6, 3, 4))
    sides = 0, 90, 180, 270
    for middle, seen_at in (
        ((6, 3, 4), sides),  # through the dot
        ((0, 3, -2), (0, 180)),  # as far from the front as the dot
        ((6, 0, 0), (90, 270)),  # as far from the side
        ((0, -3, 0), ()),
    ):
        made = run(turntable(volume, FacingSlab(middle, 4.0)))
        seen = tuple(degrees for degrees in sides if made.at(degrees).max() == 7)
        assert seen == seen_at, middle


def test_every_view_keeps_the_brightest_voxel_and_nothing_is_drawn_out(head: Volume) -> None:
    made = run(turntable(head))
    assert len(made.views) == VIEWS
    assert np.all(made.views.max(axis=(1, 2)) > 0.9 * head.voxels.max())
    assert np.all(made.views[:, :, 0] == head.voxels.min())


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_thick_slices_blur_a_view_only_along_themselves(axis: int) -> None:
    shape = [40, 40, 40]
    shape[axis] = 8
    spacing = [1.0, 1.0, 1.0]
    spacing[axis] = 5.0
    voxels = np.zeros(shape, np.float32)
    voxels[tuple(n // 2 for n in shape)] = 1
    affine = affine_of(np.eye(3), (spacing[0], spacing[1], spacing[2]))
    made = run(turntable(Volume(voxels, Geometry((shape[0], shape[1], shape[2]), affine), "dot")))
    mm = (made.extent_mm[0] / made.views.shape[2], made.extent_mm[1] / made.views.shape[1])
    for degrees, across in ((0, 0), (90, 1)):
        seen = made.at(degrees) == 1
        wide, high = seen.any(axis=0).sum() * mm[0], seen.any(axis=1).sum() * mm[1]
        assert wide == pytest.approx(spacing[across], abs=1.5)
        assert high == pytest.approx(spacing[2], abs=1.5)


def test_the_edges_are_named_after_where_the_columns_run() -> None:
    named = {degrees: ends_at(degrees) for degrees in (0, 10, 90, 180, 270, 300)}
    assert named[0] == named[10] == ("L", "R")
    assert named[90] == ("P", "A") and named[180] == ("R", "L") and named[270] == ("A", "P")
    assert named[300] == ("AL", "PR")
