"""A volume on the grid of another: against SimpleITK, exact where it can be, and what it covers."""

import numpy as np
import pytest
import SimpleITK

from phantoms import affine_of, head, numbered, rotation
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.reorient import Reorientation
from srviewer.core.resampling.resample import resampled
from srviewer.core.volumes.volume import Volume
from srviewer.job import run

LPS = np.diag((-1.0, -1.0, 1.0))
STORED = Reorientation((2, 0, 1), (True, False, True))


def itk_image(voxels: np.ndarray, geometry: Geometry) -> SimpleITK.Image:
    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(voxels.T))
    image.SetSpacing(geometry.spacing)
    image.SetDirection((LPS @ geometry.directions).ravel().tolist())
    image.SetOrigin((LPS @ geometry.affine[:3, 3]).tolist())
    return image


def about(centre: Matrix, shape: tuple[int, int, int], affine: Matrix) -> Geometry:
    affine[:3, 3] = centre - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return Geometry(shape, affine)


def test_it_is_what_simpleitk_resamples_on_an_oblique_grid() -> None:
    volume = head((40, 48, 12), (1.0, 1.0, 3.0))
    turned = affine_of(rotation((11, -8, 23)), (1.1, 0.9, 2.5))
    onto = about(volume.geometry.centre + np.array((1.3, -2.1, 0.7)), (30, 36, 12), turned)
    made = run(resampled(volume, onto))
    filter_ = SimpleITK.ResampleImageFilter()
    filter_.SetReferenceImage(itk_image(np.zeros(onto.shape, np.float32), onto))
    filter_.SetInterpolator(SimpleITK.sitkBSpline)
    filter_.SetDefaultPixelValue(-1e6)
    theirs = SimpleITK.GetArrayFromImage(
        filter_.Execute(itk_image(volume.voxels, volume.geometry))
    ).T
    index = volume.geometry.index(onto.world(np.indices(onto.shape).reshape(3, -1).T))
    # ITK mirrors the volume about its last centres, srviewer about its outer edge.
    deep = ((index >= 3) & (index <= np.array(volume.geometry.shape) - 4)).all(axis=1)
    deep = deep.reshape(onto.shape)
    assert deep.sum() > 2000 and made.interpolated
    apart = np.abs(made.volume.voxels - theirs)
    assert np.ptp(theirs[deep]) > 500
    assert apart[deep].max() < 10 and np.sqrt((apart[deep] ** 2).mean()) < 1
    assert np.array_equal(made.covered, theirs > -1e5)
    assert (made.volume.voxels[~made.covered] == volume.voxels.min()).all()


def test_the_middle_of_a_deep_volume_agrees_to_rounding() -> None:
    """Far from every border it does not matter how the volume is continued there."""
    noise = np.random.default_rng(4).normal(0, 100, (40, 44, 42)).astype(np.float32)
    volume = Volume(noise, Geometry(noise.shape, affine_of(rotation((5, 0, 9)))), "noise")
    onto = about(volume.geometry.centre + 0.21, (8, 7, 6), affine_of(rotation((30, 10, -20))))
    filter_ = SimpleITK.ResampleImageFilter()
    filter_.SetReferenceImage(itk_image(np.zeros(onto.shape, np.float32), onto))
    filter_.SetInterpolator(SimpleITK.sitkBSpline)
    theirs = SimpleITK.GetArrayFromImage(
        filter_.Execute(itk_image(volume.voxels, volume.geometry))
    ).T
    made = run(resampled(volume, onto))
    assert made.covered.all()
    assert np.abs(made.volume.voxels - theirs).max() < 1e-3  # of values of about 100


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("shift", [(2, -3, 1), (0, 0, 0), (-4, 0, 2)])
def test_a_shift_by_whole_voxels_is_exact(shift: tuple[int, int, int], stored: bool) -> None:
    shape = (7, 8, 6)
    volume = numbered(shape, affine_of(rotation((12, -7, 21)), (0.8, 1.1, 5)))
    affine = volume.geometry.affine.copy()
    affine[:3, 3] = volume.geometry.world(shift)
    onto = Geometry((9, 5, 6), affine)
    given = volume
    if stored:
        voxels = STORED.view(volume.voxels).copy()
        given = Volume(voxels, STORED.grid(volume.geometry), "stored")
    made = run(resampled(given, onto))
    assert not made.interpolated and made.volume.geometry is onto
    for place in np.ndindex(*onto.shape):
        index = np.add(place, shift)
        covered = bool(((index >= 0) & (index < shape)).all())
        assert made.covered[place] == covered
        assert made.volume.voxels[place] == (volume.voxels[tuple(index)] if covered else 0)


def test_a_plane_is_interpolated_where_it_lies_and_covered_to_its_outer_edge() -> None:
    shape = (16, 18, 20)
    i, j, k = np.indices(shape, np.float32)
    volume = Volume(3 * i - 2 * j + 5 * k, Geometry(shape, np.eye(4)), "plane")
    onto = Geometry((40, 18, 20), affine_of(np.eye(3), (0.5, 1, 1), (-2.0, 0.25, -0.5)))
    made = run(resampled(volume, onto))
    x = np.arange(40) * 0.5 - 2
    assert np.array_equal(made.covered.any(axis=(1, 2)), (x >= -0.5) & (x <= 15.5))
    assert made.covered[:, :, 0].any()  # on the outer edge itself
    middle = made.volume.voxels[20, 9, 10]
    assert middle == pytest.approx(3 * 8 - 2 * 9.25 + 5 * 9.5, abs=1e-3)
    assert made.volume.voxels.flags.f_contiguous and not made.volume.voxels.flags.writeable
    assert "cubic B-spline" in made.volume.history[-1]


def test_nothing_is_covered_elsewhere_and_a_single_slice_is_repeated() -> None:
    volume = numbered((5, 6, 1), affine_of(np.eye(3), (1, 1, 4), (0, 0, 0)))
    away = Geometry((4, 4, 4), affine_of(np.eye(3), origin=(100, 0, 0)))
    assert not run(resampled(volume, away)).covered.any()
    thin = Geometry((5, 6, 4), affine_of(np.eye(3), (1, 1, 1), (0, 0, -1.5)))
    made = run(resampled(volume, thin))
    assert made.covered.all()
    assert np.allclose(made.volume.voxels, volume.voxels, atol=1e-4)


def test_progress_rises() -> None:
    volume = numbered((128, 128, 80), np.eye(4))
    onto = Geometry((64, 64, 64), affine_of(rotation((1, 2, 3)), origin=(0, 0, 0)))
    steps = list(resampled(volume, onto))
    fractions = [step.fraction for step in steps]
    assert len(steps) > 6 and fractions == sorted(fractions) and 0 <= fractions[-1] < 1
