"""Oblique planes: directions, grids in mm, and values against scipy and an analytic phantom."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.plane_in_scan import nearest_in_plane
from srviewer.core.slices.planes import Plane, slice_at, slice_number, stepped, world_position
from srviewer.core.slices.rotated_planes import (
    NOT_ROTATED,
    Degrees,
    Mm,
    RotatedPlace,
    about,
    cutting_grid,
    degrees_of,
    matrix_of,
    patient_rotation,
    plain_directions,
    rotated_grid,
)
from srviewer.core.slices.thinned_voxels import steps_for
from srviewer.core.slices.trilinear import sampled_plane
from srviewer.core.volumes.volume import Volume

OBLIQUE = matrix_of((12.0, -25.0, 40.0))
SPACINGS = (0.8, 1.1, 4.0)


def _volume(order: str = "F", rotation: np.ndarray = OBLIQUE, flips: str = "") -> Volume:
    """A thick scan, its axes turned and one of them against R, of noise."""
    affine = np.eye(4)
    affine[:3, :3] = rotation @ np.diag([-1, 1, 1]) * SPACINGS
    affine[:3, 3] = (31.0, -22.0, 7.0)
    voxels = np.random.default_rng(1).normal(100, 20, (41, 36, 15)).astype(np.float32)
    voxels = np.asarray(voxels, order=order)  # type: ignore[call-overload]
    if flips:
        voxels = voxels[tuple(slice(None, None, -1 if axis in flips else 1) for axis in "ijk")]
    return Volume(voxels, Geometry((41, 36, 15), affine), "noise")


@pytest.mark.parametrize("order, flips", [("F", ""), ("C", "ik")])
@pytest.mark.parametrize("plane", Plane)
def test_pixels_are_those_of_scipy_at_their_places_in_mm(
    plane: Plane, order: str, flips: str
) -> None:
    volume = _volume(order, flips=flips)
    at = tuple(volume.geometry.world([17.3, 20.1, 6.4]))
    place = RotatedPlace(plane, volume.geometry, (33.0, -14.0, 71.0), at)
    image = slice_at(sampled_plane(volume, place), plane, at)
    left, bottom, width, height = image.extent_mm
    rows, columns = image.pixels.shape
    step = min(SPACINGS)
    assert np.allclose((width / columns, height / rows), step)
    # Every pixel by its own position in the pane, through the affine.
    grid = place.planes(volume.geometry)
    corner = (left + step / 2, bottom + step / 2)
    first = world_position(grid, plane, corner, at)
    right = world_position(grid, plane, (corner[0] + 1, corner[1]), at) - first
    up = world_position(grid, plane, (corner[0], corner[1] + 1), at) - first
    assert abs(right @ up) < 1e-12 and np.isclose(right @ right, 1)
    world = (
        first
        + np.arange(columns)[:, None] * step * right
        + np.arange(rows)[:, None, None] * step * up
    )
    index = volume.geometry.index(world)
    inside = ((index > -0.49) & (index < np.array(volume.geometry.shape) - 0.51)).all(-1)
    wanted = map_coordinates(volume.voxels, np.moveaxis(index, -1, 0), order=1, mode="nearest")
    assert inside.sum() > 300 and np.abs(image.pixels - wanted)[inside].max() < 0.01
    outside = ((index < -0.51) | (index > np.array(volume.geometry.shape) - 0.49)).any(-1)
    empty = sampled_plane(volume, place).padding
    assert (image.pixels[outside] == np.float32(empty)).all() and empty < volume.voxels.min()
    # The plane passes through the crosshair, and all of the volume in it is covered.
    normal = np.cross(right, up)
    assert np.abs((world - at) @ normal).max() < 1e-9
    edge = np.ones(outside.shape, bool)
    edge[1:-1, 1:-1] = False
    assert not (inside & edge).sum() > rows + columns


def test_the_patients_axes_undo_the_obliquity_of_the_scan() -> None:
    volume = _volume()
    assert np.allclose(plain_directions(volume.geometry), OBLIQUE)
    degrees = patient_rotation(volume.geometry)
    grid = rotated_grid(volume.geometry, degrees, volume.geometry)
    assert np.allclose(grid.directions, np.eye(3), atol=1e-4)
    assert grid.letters(Plane.AXIAL) == ("L", "R", "P", "A")
    assert grid.letters(Plane.SAGITTAL) == ("P", "A", "I", "S")
    assert patient_rotation(_volume(rotation=np.eye(3)).geometry) == NOT_ROTATED
    # A field that grows along S alone, on the oblique grid, is level in the patient's axial plane.
    index = np.stack(np.indices(volume.geometry.shape), -1)
    heights = volume.geometry.world(index)[..., 2].astype(np.float32)
    field = volume.derived(heights, volume.geometry, "heights")
    at = tuple(volume.geometry.centre)
    sampled = sampled_plane(field, RotatedPlace(Plane.AXIAL, volume.geometry, degrees, at))
    within = volume.geometry.index(
        sampled.geometry.world(np.stack(np.indices(sampled.voxels.shape), -1))
    )
    inner = ((within > 0) & (within < np.array(volume.geometry.shape) - 1)).all(-1)
    assert inner.sum() > 500 and np.abs(sampled.voxels[inner] - at[2]).max() < 2e-3


def test_angles_turn_about_the_patients_axes_and_letters_say_how_far() -> None:
    for degrees in ((10.0, 20.0, 30.0), (-170.0, 80.0, 5.0), (90.0, -90.0, 0.0), (0.0, 0.0, 180.0)):
        assert np.allclose(matrix_of(degrees_of(matrix_of(degrees))), matrix_of(degrees), atol=1e-4)
    assert np.allclose(matrix_of((90.0, 0, 0)) @ [0, 1, 0], [0, 0, 1])
    assert np.allclose(matrix_of((0, 90.0, 0)) @ [0, 0, 1], [1, 0, 0])
    assert np.allclose(matrix_of((0, 0, 90.0)) @ [1, 0, 0], [0, 1, 0])
    assert np.allclose(about([0, 0, 1], 30), matrix_of((0, 0, 30.0)))
    scan = _volume(rotation=np.eye(3)).geometry
    assert rotated_grid(scan, (0, 0, 30.0), scan).letters(Plane.AXIAL) == (
        "L 30\N{DEGREE SIGN}",
        "R 30\N{DEGREE SIGN}",
        "P 30\N{DEGREE SIGN}",
        "A 30\N{DEGREE SIGN}",
    )
    far = rotated_grid(scan, (0, 0, 90.0), scan)  # the plane stays in its pane
    assert far.letters(Plane.AXIAL) == ("P", "A", "R", "L")
    assert Plane.AXIAL.normal_axis(far) == 2


def test_volumes_beside_each_other_are_sampled_at_the_same_points() -> None:
    scan = _volume()
    thin = scan.geometry.refined(2, 4)
    one, other = (rotated_grid(scan.geometry, (5.0, 6.0, 7.0), g) for g in (scan.geometry, thin))
    assert one.matches(other)
    part = scan.geometry.cropped(1, 3, 20)
    smaller = rotated_grid(scan.geometry, (5.0, 6.0, 7.0), part)
    between = one.index(smaller.affine[:3, 3])
    assert np.allclose(between, np.round(between), atol=1e-9) and smaller.shape != one.shape


def test_steps_lead_through_all_planes_that_cut_the_scan() -> None:
    scan, degrees = _volume().geometry, (20.0, 30.0, -10.0)
    grid, last = rotated_grid(scan, degrees, scan), np.array(scan.shape) - 0.5
    corners = scan.world(list(product(*((-0.5, n - 0.5) for n in scan.shape))))
    for plane in Plane:
        steps, axis = cutting_grid(grid, plane, scan), plane.axes[0]
        heights, at = steps.index(corners)[:, axis], scan.world([20.0, 17.0, 7.0])
        assert -1.01 < heights.min() <= 0 and 0 <= heights.max() - steps.shape[axis] + 1 < 1.01
        beside = 0
        for number in range(steps.shape[axis]):
            on = stepped(steps, plane, at, number - slice_number(steps, plane, at))
            kept = nearest_in_plane(scan, degrees, plane, on)
            index = scan.index(kept)
            assert ((index >= -0.5) & (index < last)).all()
            assert steps.index(kept)[axis] == pytest.approx(number, abs=1e-6)
            beside += not np.allclose(kept, on)
        assert 0 < beside < steps.shape[axis]


def test_padding_is_never_mixed_in() -> None:
    volume = _volume()
    voxels = volume.voxels.copy()
    voxels[:, :, :7] = -2000
    padded = replace(volume.derived(voxels, volume.geometry, ""), padding=-2000.0)
    at = tuple(volume.geometry.centre)
    sampled = sampled_plane(
        padded, RotatedPlace(Plane.CORONAL, volume.geometry, (9.0, 8.0, 7.0), at)
    )
    assert sampled.padding == -2000
    measured = sampled.voxels[sampled.voxels != -2000]
    assert len(measured) > 300 and measured.min() > 0


@settings(max_examples=25)
@given(
    degrees=st.tuples(*(st.floats(-180, 180),) * 3),
    spacing=st.tuples(*(st.floats(0.3, 5.0),) * 3),
    at=st.tuples(*(st.floats(0, 1),) * 3),
    kind=st.sampled_from(("int16", "uint8", "float64")),
    order=st.sampled_from("CF"),
    plane=st.sampled_from(Plane),
    coarseness=st.floats(1, 6),
    fast=st.booleans(),
)
def test_every_pixel_is_that_of_a_plain_computation(
    degrees: Degrees,
    spacing: Mm,
    at: Mm,
    kind: str,
    order: str,
    plane: Plane,
    coarseness: float,
    fast: bool,
) -> None:
    """In double precision, pixel for pixel; the planes are large enough for several threads."""
    shape = (90, 70, 50)
    voxels = np.random.default_rng(2).integers(0, 200, shape).astype(kind)
    geometry = Geometry(shape, np.diag([*spacing, 1.0]))
    volume = Volume(np.asarray(voxels, order=order), geometry, "noise")  # type: ignore[call-overload]
    cursor = tuple(geometry.world(np.array(at) * (np.array(shape) - 1)))
    place = RotatedPlace(plane, geometry, degrees, cursor, coarseness, fast)
    sampled = sampled_plane(volume, place)
    index = geometry.index(
        sampled.geometry.world(np.moveaxis(np.indices(sampled.voxels.shape), 0, -1))
    )
    seen = index.copy()
    if fast:  # linear along the thick axis or else that nearest to the normal, in kept voxels
        steps = steps_for(volume.geometry, min(spacing) * coarseness)
        voxels = voxels[tuple(slice(None, None, step) for step in steps)]
        seen /= steps
        normal = np.abs(sampled.geometry.directions[:, plane.axes[0]] * spacing)
        assume(np.ptp(np.sort(normal)[1:]) > 1e-6)
        thick = geometry.thick_axis
        others = np.arange(3) != (np.argmax(normal) if thick is None else thick)
        nearest = np.rint(seen)
        tied = np.abs(np.abs(seen - nearest)[..., others] - 0.5).min(-1) < 1e-3
        seen[..., others] = nearest[..., others]
    else:
        tied = np.zeros(index.shape[:-1], bool)
    wanted = map_coordinates(
        voxels.astype(float), np.moveaxis(seen, -1, 0), order=1, mode="nearest"
    )
    past = np.maximum(-0.5 - index, index - np.array(shape) + 0.5).max(-1)  # voxels beyond the edge
    # A float32 index of this size is exact to 1e-5, and neighbours differ by up to 200.
    assert np.abs(sampled.voxels - wanted)[(past < -1e-3) & ~tied].max(initial=0) < 0.02
    assert (sampled.voxels[past > 1e-3] == np.float32(sampled.padding)).all()
