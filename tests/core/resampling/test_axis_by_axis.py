"""Resampling along one axis after another."""

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.axis_by_axis import MOST_TURNED, interpolated, turned
from srviewer.core.resampling.spline import sampled, spline_coefficients
from srviewer.core.stacks.rigid import motion_of, moved
from srviewer.core.volumes.volume import Voxels
from srviewer.job import run

THIN = Geometry((40, 36, 32), np.diag([1.0, 1.0, 1.0, 1.0]))
THICK = Geometry((40, 36, 12), np.diag([1.0, 1.0, 3.0, 1.0]))


def smooth(grid: Geometry, waves: tuple[tuple[float, float, float], ...]) -> Voxels:
    """Some waves at the voxels of a grid, radians per mm."""
    points = grid.world(np.moveaxis(np.indices(grid.shape), 0, -1))
    return np.asarray(sum(np.cos(points @ wave + 1) for wave in waves), np.float32)


def inside(given: Geometry, onto: Geometry, margin: float) -> np.ndarray:
    index = given.index(onto.world(np.moveaxis(np.indices(onto.shape), 0, -1)))
    return ((index >= margin) & (index <= np.array(given.shape) - 1 - margin)).all(axis=-1)


def turn(degrees: float) -> np.ndarray:
    return motion_of([*np.radians(degrees) * np.array([0.5, 0.6, 0.62]), 1, -2, 0.7], THIN.centre)


@pytest.mark.parametrize("given", [THIN, THICK])
@pytest.mark.parametrize("degrees", [1.0, 8.0, 16.0, 40.0])
def test_a_smooth_volume_is_that_of_the_turned_grid(given: Geometry, degrees: float) -> None:
    waves = ((0.6, 0.2, 0.1), (0.1, -0.5, 0.2), (0.2, 0.3, 0.4))
    onto = moved(THIN, turn(degrees))
    assert (turned(given, onto) > MOST_TURNED) == (degrees > 20)  # 40 degrees go another way
    made = run(interpolated(smooth(given, waves), given, onto))
    seen = inside(given, onto, 2)
    assert seen.sum() > 5000
    assert np.abs(made - smooth(onto, waves))[seen].max() < 0.02


@pytest.mark.parametrize("order", [1, 3])
def test_grids_in_another_order_and_direction(order: int) -> None:
    """A coronal grid from an axial one, turned and of other spacings."""
    waves = ((0.1, 0.05, 0.02), (0.02, -0.1, 0.1))
    axes = np.array([[0, 0, 0.9, 3], [-0.8, 0, 0, 33], [0, 1.1, 0, 2], [0, 0, 0, 1]])
    onto = moved(Geometry((30, 25, 38), axes), turn(6))
    made = run(interpolated(smooth(THIN, waves), THIN, onto, order))
    seen = inside(THIN, onto, 4)
    assert made.shape == onto.shape and seen.sum() > 5000
    assert np.abs(made - smooth(onto, waves))[seen].max() < (0.01 if order == 1 else 0.001)


@pytest.mark.parametrize("order", [1, 3])
def test_grids_along_the_same_axes_are_interpolated_as_in_one_move(order: int) -> None:
    voxels = np.random.default_rng(0).normal(size=THICK.shape).astype(np.float32)
    onto = Geometry((30, 36, 34), np.diag([1.2, 1.0, 1.1, 1.0]) + 0.3 * np.eye(4, k=3))
    made = run(interpolated(voxels, THICK, onto, order))
    weights = run(spline_coefficients(voxels)) if order == 3 else voxels
    expected = run(sampled(weights, THICK, onto, order))
    assert np.abs(made - expected).max() < 1e-5


def test_whole_voxels_are_not_interpolated() -> None:
    voxels = np.random.default_rng(0).normal(size=THIN.shape).astype(np.float32)
    assert run(interpolated(voxels, THIN, THIN)) is voxels
    made = run(interpolated(voxels, THIN, THIN.cropped(0, 5, 20)))
    assert np.array_equal(made, voxels[5:20])
