"""Grids that are the same up to the order and direction of their axes, and volumes put on them."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from phantoms import ORIENTATIONS, affine_of, numbered, rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.reorient import Reorientation, closest_axes, on_grid, same_grid
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run

SHAPE = (5, 6, 7)
OBLIQUE = affine_of(rotation((12, -7, 21)), (0.8, 0.8, 5.0))
SHEARED = OBLIQUE @ np.array([[1, 0, 0, 0], [0, 1, 0.9, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])
CUBES = affine_of(np.eye(3))
EVERY_WAY = tuple(
    Reorientation(
        tuple(int(a) for a in np.abs(one).argmax(axis=0)),  # type: ignore[arg-type]
        tuple(bool(s < 0) for s in one.sum(axis=0)),  # type: ignore[arg-type]
    )
    for one in ORIENTATIONS
)


def stored(volume: Volume, axes: Reorientation) -> Volume:
    """The same voxels at the same places in mm, along other array axes."""
    return Volume(axes.view(volume.voxels).copy(), axes.grid(volume.geometry), "stored")


@pytest.mark.parametrize("affine", [OBLIQUE, SHEARED, CUBES])
@pytest.mark.parametrize("shape", [SHAPE, (6, 6, 6), (5, 7, 5)])
def test_each_of_48_ways_to_store_a_volume_is_undone(
    shape: tuple[int, int, int], affine: np.ndarray
) -> None:
    volume = numbered(shape, affine)
    for axes in EVERY_WAY:
        other = stored(volume, axes)
        corner = (1, 2, 3)  # the voxel is where it was
        place = np.round(other.geometry.index(volume.geometry.world(corner))).astype(int)
        assert other.voxels[tuple(place)] == volume.voxels[corner]
        assert same_grid(other.geometry, volume.geometry)
        again = run(on_grid(other, volume.geometry))
        assert again is not None and again.geometry.matches(volume.geometry, 1e-9)
        assert np.array_equal(again.voxels, volume.voxels)
        assert again.voxels.dtype == np.float32 and not again.voxels.flags.writeable
        if again is not other:  # as files are read
            assert again.voxels.flags.f_contiguous
            assert again.history[-1].endswith("of the file, without interpolation")


def test_a_volume_that_lies_there_already_is_not_copied() -> None:
    volume = numbered(SHAPE, OBLIQUE)
    assert run(on_grid(volume, Geometry(SHAPE, OBLIQUE.copy()))) is volume
    rounded = OBLIQUE.copy()
    rounded[0, 3] += 0.01
    onto = Geometry(SHAPE, rounded)
    placed = run(on_grid(volume, onto))
    assert placed is not None and placed.geometry is onto
    assert np.shares_memory(placed.voxels, volume.voxels)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_half_a_voxel_and_a_wrong_direction_are_another_grid(axis: int) -> None:
    geometry = Geometry(SHAPE, affine_of(rotation((12, -7, 21)), (0.05, 0.2, 5.0)))
    for voxels, same in ((0.0, True), (0.05, axis != 2), (0.5, False), (-0.5, False), (1, False)):
        affine = geometry.affine.copy()
        affine[:3, 3] += voxels * affine[:3, axis]
        moved = Geometry(SHAPE, affine)
        tiny = axis == 1 and voxels == 0.05  # 0.01 mm, where a voxel has 0.05 mm
        assert same_grid(moved, geometry) == (same and not tiny)
        assert (run(on_grid(numbered(SHAPE, affine), geometry)) is None) != same_grid(
            moved, geometry
        )
    mirrored = geometry.affine.copy()
    mirrored[:3, axis] *= -1
    assert not same_grid(Geometry(SHAPE, mirrored), geometry)


def test_another_size_spacing_or_turn_is_another_grid() -> None:
    geometry = Geometry((48, 40, 12), affine_of(np.eye(3), (1.0, 1.0, 5.0)))
    assert not same_grid(geometry.cropped(2, 0, 11), geometry)
    for spacing in ((1, 1, 4.99), (1.01, 1, 5)):
        assert not same_grid(Geometry((48, 40, 12), affine_of(np.eye(3), spacing)), geometry)
    turned = affine_of(rotation((0, 0, 1)), (1.0, 1.0, 5.0))
    assert not same_grid(Geometry((48, 40, 12), turned), geometry)
    one = Geometry((48, 40, 1), affine_of(np.eye(3), (1.0, 1.0, 5.0)))
    thicker = Geometry((48, 40, 1), affine_of(np.eye(3), (1.0, 1.0, 3.0)))
    assert not same_grid(thicker, one)  # the thickness of a single slice counts


@pytest.mark.parametrize("degrees", [(8, 0, 0), (17.3, 0, 0), (5, -9, 14), (0, 0, 0.3)])
def test_the_rounding_of_an_sform_a_qform_and_of_decimals_is_no_other_grid(
    degrees: tuple[float, float, float], tmp_path: Path
) -> None:
    shape = (240, 200, 6)
    exact = Geometry(shape, affine_of(rotation(degrees), (0.9375, 0.9375, 5), (-110, 95, -60)))
    voxels = np.zeros(shape, np.uint8)
    for axes in EVERY_WAY[::9]:
        grid = axes.grid(exact)
        image = nib.Nifti1Image(axes.view(voxels), grid.affine)
        for code in ("qform", "sform"):
            image.set_qform(grid.affine, int(code == "qform"))
            image.set_sform(grid.affine, int(code == "sform"))
            nib.save(image, path := tmp_path / f"{code}.nii")
            assert same_grid(run(read(path)).geometry, exact)
        decimals = grid.affine.copy()
        decimals[:3, :3] = np.round(grid.directions, 5) * np.round(grid.spacing, 4)
        decimals[:3, 3] = np.round(decimals[:3, 3], 3)
        assert same_grid(Geometry(grid.shape, decimals), exact)


def test_the_worst_rounding_of_a_quaternion_is_no_other_grid() -> None:
    """Nearly half a turn: the scalar part is lost in what float32 leaves of the others."""
    seen = 0.0
    for tilt in np.linspace(-0.1, 0.1, 41):
        affine = affine_of(rotation((tilt, 0, 0)) * (1, -1, -1), (1, 1, 5), (-119.3, 95.1, -61.7))
        image = nib.Nifti1Image(np.zeros((200, 200, 30), np.uint8), affine)
        image.set_qform(affine, 1)
        again = nib.Nifti1Image.from_bytes(image.to_bytes()).header.get_qform()
        one, other = Geometry((200, 200, 30), affine), Geometry((200, 200, 30), again)
        assert same_grid(one, other)
        seen = max(seen, float(np.abs(other.centre - one.centre).max()))
    assert seen > 0.1  # mm; or this test shows nothing


def test_an_exact_turn_of_cubic_voxels_is_a_reorientation_and_45_degrees_are_not() -> None:
    shape = (6, 6, 4)
    volume = numbered(shape, affine_of(np.eye(3)))
    quarter = rotation((0, 0, 90))
    affine = np.eye(4)
    affine[:3, :3] = quarter
    affine[:3, 3] = volume.geometry.centre - quarter @ (np.array(shape) - 1) / 2
    turned = numbered(shape, affine)
    placed = run(on_grid(turned, volume.geometry))
    assert placed is not None
    assert np.array_equal(placed.voxels, np.rot90(turned.voxels, 1, axes=(0, 1)))
    half = Geometry(shape, affine_of(rotation((0, 0, 45))))
    assert closest_axes(half, volume.geometry).order == (0, 1, 2)
    assert not same_grid(half, volume.geometry)
