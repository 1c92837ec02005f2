"""A minus B on the finer of two grids, in mm, and volumes brought to common axes."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from phantoms import ORIENTATIONS, affine_of, head, numbered, rotation
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.comparison.difference import difference_slice, finer
from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane, pixel_grid, slice_at
from srviewer.core.slices.sampling import aligned, parallel, sampled_linear
from srviewer.core.volumes.interpolate import linear, thin_positions
from srviewer.core.volumes.volume import Volume

EVERY_PLANE = pytest.mark.parametrize("plane", list(Plane))


@pytest.fixture(params=range(0, 48, 7))
def pair(request: pytest.FixtureRequest) -> tuple[Volume, Volume]:
    """A thin phantom in some orientation and the same with slices three times as thick."""
    thin = head((11, 13, 12), (1.0, 1.5, 0.8), ORIENTATIONS[request.param])
    return thin, Degradation(axis=2, factor=3).thick_volume(thin)


@EVERY_PLANE
def test_as_voxels_a_thick_voxel_stands_for_all_its_thin_ones(
    plane: Plane, pair: tuple[Volume, Volume]
) -> None:
    thin, thick = pair
    blocks = thin.derived(np.repeat(thick.voxels, 3, axis=2), thin.geometry, "blocks")
    for index in ((2, 3, 1), (7, 9, 10)):
        cursor = thin.geometry.world(index)
        found = difference_slice(thick, thin, plane, cursor, smooth=False)
        wanted = slice_at(blocks, plane, cursor).pixels - slice_at(thin, plane, cursor).pixels
        assert np.array_equal(found.image.pixels, wanted)
        assert found.covered.all()
        assert found.image.extent_mm == slice_at(thin, plane, cursor).extent_mm
        turned = difference_slice(thin, thick, plane, cursor, smooth=False)
        assert np.array_equal(turned.image.pixels, -wanted)


@EVERY_PLANE
def test_smooth_is_linear_between_centres_by_the_half_voxel_rule(
    plane: Plane, pair: tuple[Volume, Volume]
) -> None:
    thin, thick = pair
    positions = np.clip(thin_positions(4, 3), 0, 3)
    between = thin.derived(linear(thick.voxels, 2, positions), thin.geometry, "linear")
    cursor = thin.geometry.world((5, 4, 7))
    values, inside = sampled_linear(thick, thin.geometry, plane, cursor)
    assert inside.all()
    assert values == pytest.approx(slice_at(between, plane, cursor).pixels, abs=1e-3)


def test_the_finer_grid_is_that_of_the_smaller_voxels() -> None:
    thin = head((8, 8, 8))
    thick = Degradation(axis=1, factor=2).thick_volume(thin)
    assert finer(thick, thin) is thin and finer(thin, thick) is thin
    again = thin.derived(thin.voxels, thin.geometry, "copy")
    assert finer(again, thin) is again


def test_where_one_of_the_two_has_nothing_there_is_no_difference() -> None:
    volume = numbered((9, 8, 7), affine_of(np.eye(3)))
    part = volume.derived(volume.voxels[:5] + 3, volume.geometry.cropped(0, 0, 5), "part")
    cursor = volume.geometry.world((2, 3, 4))
    for smooth in (False, True):
        found = difference_slice(volume, part, Plane.AXIAL, cursor, smooth)
        assert found.covered.sum() == 5 * 8
        assert set(found.image.pixels[found.covered]) == {-3.0}
        assert not found.image.pixels[~found.covered].any()


def test_parallel_means_any_order_and_direction_of_the_axes() -> None:
    one = Geometry((30, 30, 30), affine_of(rotation((8, 3, -5))))
    for directions in ORIENTATIONS[::5]:
        turned = Geometry((30, 30, 30), affine_of(rotation((8, 3, -5)) @ directions))
        assert parallel(one, turned)
    assert not parallel(one, Geometry((30, 30, 30), affine_of(rotation((8, 3, -4)))))


def test_a_volume_on_other_axes_keeps_its_place_in_mm() -> None:
    volume = head((30, 26, 22), (1.0, 1.2, 1.5), rotation((12, -6, 20)))
    onto = Geometry((20, 20, 20), affine_of(ORIENTATIONS[13], (2.0, 2.0, 2.0)))
    turned = aligned(volume, onto)
    assert parallel(turned.geometry, onto)
    assert aligned(turned, onto) is turned
    for index in ((15, 13, 11), (9, 8, 12), (20, 16, 9)):
        world = volume.geometry.world(index)
        place = np.floor(turned.geometry.index(world) + 0.5).astype(int)
        nearby = turned.geometry.world(place)
        back = np.rint(volume.geometry.index(nearby)).astype(int)
        assert turned.voxels[tuple(place)] == pytest.approx(volume.voxels[tuple(back)], abs=160)
    corners = volume.geometry.world([(0, 0, 0), (29, 25, 21), (29, 0, 21)])
    index = turned.geometry.index(corners)
    assert (index > -0.5).all() and (index < np.array(turned.geometry.shape) - 0.5).all()
    sums = [v.voxels.sum() * np.prod(v.geometry.spacing) for v in (volume, turned)]
    assert sums[1] == pytest.approx(sums[0], rel=0.01)


@EVERY_PLANE
def test_parallel_grids_in_any_order_are_sampled_as_any_others(
    plane: Plane, pair: tuple[Volume, Volume]
) -> None:
    thin, thick = pair
    affine = thick.geometry.affine @ np.array(
        [[0, -1, 0, thick.geometry.shape[0] - 1], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1.0]]
    )
    voxels = np.ascontiguousarray(thick.voxels[::-1].transpose(2, 0, 1))
    stored = Volume(voxels, Geometry(voxels.shape, affine), "stored otherwise")
    for cursor in (thin.geometry.world((5, 4, 7)), thin.geometry.world((-3, 2, 1))):
        grid = pixel_grid(thin.geometry, plane, cursor)
        pixels = np.broadcast_to(grid.fixed, (len(grid.rows), len(grid.columns), 3)).copy()
        pixels[..., grid.row_axis] = grid.rows[:, None]
        pixels[..., grid.column_axis] = grid.columns
        index = stored.geometry.index(thin.geometry.world(pixels))
        wanted = map_coordinates(stored.voxels, np.moveaxis(index, -1, 0), order=1, mode="nearest")
        values, inside = sampled_linear(stored, thin.geometry, plane, cursor)
        assert values == pytest.approx(wanted, abs=1e-2)
        limits = np.array(stored.geometry.shape) - 0.5
        assert np.array_equal(inside, ((index >= -0.5) & (index <= limits)).all(axis=-1))
