"""A volume drawn over a slice is sampled at the same positions in mm."""

import numpy as np
import pytest

from phantoms import ORIENTATIONS, affine_of, numbered, rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.slices.sampling import aligned, overlap, parallel, sampled_slice

SHAPE, SPACING = (7, 5, 6), (1.0, 2.0, 3.0)


@pytest.mark.parametrize("plane", list(Plane))
def test_on_its_own_grid_it_is_the_slice_itself(plane: Plane) -> None:
    for directions in ORIENTATIONS:
        volume = numbered(SHAPE, affine_of(directions, SPACING))
        cursor = volume.geometry.world((4, 1, 2))
        values, inside = sampled_slice(volume, volume.geometry, plane, cursor)
        assert np.array_equal(values, slice_at(volume, plane, cursor).pixels)
        assert inside.all()


@pytest.mark.parametrize("turn", [(0, 0, 0), (11, -7, 23)])
def test_each_pixel_takes_the_nearest_voxel_in_mm(turn: tuple[float, float, float]) -> None:
    volume = numbered(SHAPE, affine_of(rotation(turn), SPACING, (-3.07, -4.13, -8.31)))
    onto = Geometry((9, 8, 5), affine_of(np.eye(3), (1.3, 1.1, 2.0), (-5.0, -4.5, -4.0)))
    cursor = onto.world((4, 3, 2))
    values, inside = sampled_slice(volume, onto, Plane.AXIAL, cursor)
    assert values.shape == (8, 9)
    assert inside.any() and not inside.all()
    for row in range(8):
        for column in range(9):
            index = np.floor(volume.geometry.index(onto.world((column, row, 2))) + 0.5).astype(int)
            covered = bool(((index >= 0) & (index < SHAPE)).all())
            assert inside[row, column] == covered
            if covered:
                assert values[row, column] == volume.voxels[tuple(index)]


def test_a_mirrored_grid_is_turned_back() -> None:
    volume = numbered(SHAPE, affine_of(np.eye(3), SPACING, (0, 0, 0)))
    affine = volume.geometry.affine.copy()
    affine[:3, 0] *= -1
    affine[0, 3] = (SHAPE[0] - 1) * SPACING[0]
    mirrored = Geometry(SHAPE, affine)
    cursor = volume.geometry.world((1, 2, 3))
    for plane in Plane:
        values, inside = sampled_slice(volume, mirrored, plane, cursor)
        assert np.array_equal(values, slice_at(volume, plane, cursor).pixels)
        assert inside.all()


def test_a_sheared_stack_is_parallel_to_itself_and_is_not_resampled() -> None:
    affine = affine_of(rotation((0, 8, 0)), SPACING)
    affine[:3, 2] += (0.0, 0.6, 0.0)  # gantry tilt
    sheared = numbered(SHAPE, affine)
    finer = sheared.geometry.refined(2, 4)
    assert parallel(sheared.geometry, finer)
    assert aligned(sheared, finer) is sheared
    upright = Geometry(SHAPE, affine_of(rotation((0, 8, 0)), SPACING))
    assert not parallel(sheared.geometry, upright)
    assert aligned(sheared, upright).geometry.shape != SHAPE


def test_overlap_is_the_share_that_is_covered() -> None:
    whole = Geometry((20, 20, 20), np.eye(4))
    half = whole.cropped(0, 10, 20)
    assert overlap(whole, whole) == 1
    assert overlap(half, whole) == 1
    assert overlap(whole, half) == pytest.approx(0.5, abs=0.03)
    away = Geometry((20, 20, 20), affine_of(np.eye(3), (1, 1, 1), (500, 0, 0)))
    assert overlap(whole, away) == 0
