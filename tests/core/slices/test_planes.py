"""Slices of a volume: the right voxel under the crosshair, the right letters, exact stacks."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantoms import ORIENTATIONS, affine_of, numbered, rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import (
    TRAINING_GROUPS,
    Plane,
    SliceImage,
    cross_planes,
    pane_position,
    restack,
    slice_at,
    stepped,
    unstack,
    world_position,
)
from srviewer.core.volumes.volume import Volume

SHAPE = (4, 5, 6)
SPACINGS = ((1.0, 1.0, 1.0), (0.9, 0.8, 4.0), (5.0, 0.45, 0.7))
# (left, right, bottom, top) of each plane, as a radiologist's picture with R at the right.
LETTERS = {
    Plane.AXIAL: ("L", "R", "P", "A"),
    Plane.CORONAL: ("L", "R", "I", "S"),
    Plane.SAGITTAL: ("P", "A", "I", "S"),
}
orientations = st.sampled_from(ORIENTATIONS)
planes = st.sampled_from(list(Plane))
angles = st.tuples(*[st.floats(-25, 25)] * 3)


def pixel_at(image: SliceImage, pane_mm: tuple[float, float]) -> float:
    """The value drawn at a point of the pane, found as a view finds it: through the extent."""
    left, bottom, width, height = image.extent_mm
    rows, columns = image.pixels.shape
    column = int(np.floor((pane_mm[0] - left) / width * columns))
    row = int(np.floor((pane_mm[1] - bottom) / height * rows))
    assert 0 <= row < rows and 0 <= column < columns
    return float(image.pixels[row, column])


def assert_crosshair_is_true(volume: Volume, cursor: np.ndarray) -> None:
    geometry = volume.geometry
    expected = volume.voxels[tuple(np.rint(geometry.index(cursor)).astype(int))]
    for plane in Plane:
        image = slice_at(volume, plane, cursor)
        assert image.inside
        assert pixel_at(image, pane_position(geometry, plane, cursor)) == expected


@pytest.mark.parametrize("spacing", SPACINGS)
def test_the_voxel_under_the_crosshair_in_all_48_orientations(
    spacing: tuple[float, float, float],
) -> None:
    random = np.random.default_rng(7)
    for directions in ORIENTATIONS:
        volume = numbered(SHAPE, affine_of(directions, spacing))
        for _ in range(8):
            index = random.integers(0, SHAPE) + random.uniform(-0.45, 0.45, 3)
            assert_crosshair_is_true(volume, volume.geometry.world(index))


def test_every_voxel_of_one_volume_is_reached() -> None:
    volume = numbered(SHAPE, affine_of(ORIENTATIONS[29], (0.9, 0.8, 4.0)))
    for index in np.ndindex(SHAPE):
        assert_crosshair_is_true(volume, volume.geometry.world(index))


@given(
    orientations,
    angles,
    st.floats(-0.35, 0.35),
    st.tuples(*[st.floats(0.4, 6)] * 3),
    st.tuples(*[st.integers(0, n - 1) for n in SHAPE]),
    st.tuples(*[st.floats(-0.45, 0.45)] * 3),
)
def test_the_voxel_under_the_crosshair_of_oblique_and_sheared_scans(
    directions: np.ndarray,
    turn: tuple[float, float, float],
    shear: float,
    spacing: tuple[float, float, float],
    voxel: tuple[int, int, int],
    offset: tuple[float, float, float],
) -> None:
    columns = rotation(turn) @ directions
    columns[:, 2] += shear * columns[:, 0]
    columns /= np.linalg.norm(columns, axis=0)
    volume = numbered(SHAPE, affine_of(columns, spacing))
    assert_crosshair_is_true(volume, volume.geometry.world(np.add(voxel, offset)))


@pytest.mark.parametrize("plane", Plane)
def test_letters_are_true_in_all_48_orientations(plane: Plane) -> None:
    """A volume of each patient coordinate must rise from the low letter to the high one."""
    letter_axis = {"L": 0, "R": 0, "P": 1, "A": 1, "I": 2, "S": 2}
    for directions in ORIENTATIONS:
        geometry = Geometry(SHAPE, affine_of(directions, (0.9, 0.8, 4.0)))
        places = geometry.world(np.moveaxis(np.indices(SHAPE), 0, -1))
        for coordinate in range(3):
            volume = Volume(places[..., coordinate].astype(np.float32), geometry, "coordinate")
            image = slice_at(volume, plane, geometry.centre)
            assert image.letters == LETTERS[plane]
            across, up = np.diff(image.pixels, axis=1), np.diff(image.pixels, axis=0)
            assert np.all(across > 0) == (letter_axis[image.letters[1]] == coordinate)
            assert np.all(up > 0) == (letter_axis[image.letters[3]] == coordinate)


@given(orientations, angles, planes, st.tuples(*[st.floats(-60, 60)] * 3))
def test_world_position_is_the_inverse_of_pane_position(
    directions: np.ndarray,
    turn: tuple[float, float, float],
    plane: Plane,
    cursor: tuple[float, float, float],
) -> None:
    geometry = Geometry(SHAPE, affine_of(rotation(turn) @ directions, (0.9, 0.8, 4.0)))
    pane = pane_position(geometry, plane, cursor)
    np.testing.assert_allclose(world_position(geometry, plane, pane, cursor), cursor, atol=1e-8)
    moved = world_position(geometry, plane, (pane[0] + 3, pane[1] - 2), cursor)
    normal = plane.normal_axis(geometry)
    assert geometry.index(moved)[normal] == pytest.approx(geometry.index(cursor)[normal], abs=1e-8)
    np.testing.assert_allclose(
        pane_position(geometry, plane, moved), (pane[0] + 3, pane[1] - 2), atol=1e-8
    )


@pytest.mark.parametrize("plane", Plane)
def test_a_step_goes_one_slice_towards_right_anterior_superior(plane: Plane) -> None:
    for directions in ORIENTATIONS:
        volume = numbered(SHAPE, affine_of(directions, (0.9, 0.8, 4.0)))
        geometry = volume.geometry
        start = geometry.world((1.2, 2.1, 2.8))
        further = stepped(geometry, plane, start, 1)
        assert further[plane.axes[0]] > start[plane.axes[0]]
        here, there = (slice_at(volume, plane, point).index for point in (start, further))
        assert abs(there - here) == 1


@pytest.mark.parametrize("steps", [1000, -1000])
@given(directions=orientations, plane=planes)
def test_steps_stop_at_the_ends(directions: np.ndarray, plane: Plane, steps: int) -> None:
    volume = numbered(SHAPE, affine_of(directions))
    end = stepped(volume.geometry, plane, volume.geometry.centre, steps)
    image = slice_at(volume, plane, end)
    assert image.inside and image.index in (0, image.count - 1)


@pytest.mark.parametrize("plane", list(Plane))
def test_a_position_at_an_outer_edge_is_inside(plane: Plane) -> None:
    for directions in ORIENTATIONS:
        volume = numbered(SHAPE, affine_of(directions))
        for edge in ((-0.499, -0.499, -0.499), (3.499, 4.499, 5.499)):
            image = slice_at(volume, plane, volume.geometry.world(edge))
            assert image.inside and image.index in (0, image.count - 1)


def test_outside_the_volume_the_nearest_slice_is_shown_and_said() -> None:
    volume = numbered(SHAPE, affine_of(np.eye(3)))
    above = volume.geometry.world((1, 1, 9))
    image = slice_at(volume, Plane.AXIAL, above)
    assert (image.inside, image.index, image.count) == (False, 5, 6)
    assert slice_at(volume, Plane.CORONAL, above).inside


@given(orientations, angles, planes, st.integers(0, 2), st.integers(2, 5))
def test_a_scan_and_its_result_are_drawn_in_the_same_place(
    directions: np.ndarray,
    turn: tuple[float, float, float],
    plane: Plane,
    axis: int,
    factor: int,
) -> None:
    thick = numbered(SHAPE, affine_of(rotation(turn) @ directions, (0.9, 0.8, 4.0)))
    fine = np.repeat(thick.voxels, factor, axis=axis)
    thin = thick.derived(fine, thick.geometry.refined(axis, factor), "repeated")
    cursor = thick.geometry.world((1.3, 2.2, 3.1))
    one, other = slice_at(thick, plane, cursor), slice_at(thin, plane, cursor)
    np.testing.assert_allclose(one.extent_mm, other.extent_mm, atol=1e-8)
    pane = pane_position(thick.geometry, plane, cursor)
    np.testing.assert_allclose(pane_position(thin.geometry, plane, cursor), pane, atol=1e-8)
    assert pixel_at(one, pane) == pixel_at(other, pane)


def test_a_slice_is_a_view_and_not_a_copy(head: Volume) -> None:
    for plane in Plane:
        image = slice_at(head, plane, head.geometry.centre)
        assert np.shares_memory(image.pixels, head.voxels)


@pytest.mark.parametrize(("thick", "normal"), list(permutations(range(3), 2)))
def test_restack_is_the_inverse_of_unstack(head: Volume, thick: int, normal: int) -> None:
    slices = unstack(head.voxels, thick, normal)
    shape = head.geometry.shape
    assert slices.shape == (shape[normal], shape[thick], shape[3 - thick - normal])
    np.testing.assert_array_equal(restack(slices, thick, normal), head.voxels)
    rows = np.take(np.take(head.voxels, 7, axis=normal), 5, axis=thick - (thick > normal))
    np.testing.assert_array_equal(slices[7, 5], rows)


def test_a_slice_must_hold_the_thick_axis(head: Volume) -> None:
    with pytest.raises(ValueError, match="thick axis"):
        unstack(head.voxels, 1, 1)


def test_a_256_256_170_volume_gives_the_papers_1364_pairs() -> None:
    assert len({(group.thick, group.normal) for group in TRAINING_GROUPS}) == 6
    assert sum(group.pairs((256, 256, 170)) for group in TRAINING_GROUPS) == 1364
    for group in TRAINING_GROUPS:
        assert group.pairs((256, 255, 170)) == (256, 255, 170)[group.normal]


@pytest.mark.parametrize("thick", range(3))
def test_the_cross_planes_are_the_two_that_hold_the_thick_axis(thick: int) -> None:
    assert {group.normal for group in cross_planes(thick)} == {0, 1, 2} - {thick}
    assert {group.thick for group in cross_planes(thick)} == {thick}


@pytest.mark.parametrize("factor", [2, 3, 4, 6])
@pytest.mark.parametrize("count", [9, 10])
def test_before_and_after_start_inside_the_same_thick_slice(count: int, factor: int) -> None:
    thick = numbered((8, 6, count), affine_of(np.eye(3), (1, 1, factor)))
    geometry = thick.geometry.refined(2, factor)
    thin = Volume(np.repeat(thick.voxels, factor, axis=2), geometry, "thin")
    cursor = thick.geometry.middle_voxel
    before, after = (slice_at(volume, Plane.AXIAL, cursor) for volume in (thick, thin))
    assert after.index // factor == before.index
    assert np.array_equal(after.pixels, before.pixels)


@given(off=st.floats(-5e-4, 5e-4))
def test_midway_between_two_slices_every_volume_shows_the_same_one(
    off: float,
) -> None:
    straight = numbered(SHAPE, affine_of(np.eye(3), (1, 1, 1)))
    mirrored = straight.geometry.affine.copy()
    mirrored[:3, 2] *= -1
    mirrored[:3, 3] = straight.geometry.world((0, 0, SHAPE[2] - 1))
    flipped = Volume(straight.voxels[:, :, ::-1].copy(), Geometry(SHAPE, mirrored), "mirrored")
    cursor = straight.geometry.world((1, 2, 2.5 + off))  # headers are rounded
    one, other = (slice_at(volume, Plane.AXIAL, cursor) for volume in (straight, flipped))
    assert one.index == 3
    assert np.array_equal(one.pixels, other.pixels)
