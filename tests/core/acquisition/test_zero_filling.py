"""A matrix that the scanner interpolated is told from one that it measured."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

import phantoms
from srviewer.core.acquisition.zero_filling import zero_fill_warnings, zero_filling
from srviewer.core.geometry.grid import Geometry

SPACING = (0.5, 0.5, 4.0)


def scanned(shares: tuple[float, float], noise: float = 0.01, size: int = 160) -> np.ndarray:
    """Magnitude slices of which only the inner ``shares`` of the frequencies were measured."""
    random = np.random.default_rng(3)
    head = phantoms.head((size, size, 6)).voxels
    # Texture and sharp edges: something at every frequency.
    truth = head + 120 * (head > 0) * random.normal(size=head.shape)
    spectrum = np.fft.fft2(truth, axes=(0, 1))
    sigma = noise * 600 * size
    spectrum += random.normal(0, sigma, head.shape) + 1j * random.normal(0, sigma, head.shape)
    for axis, share in enumerate(shares):
        far = np.abs(np.fft.fftfreq(size)) > share / 2
        np.moveaxis(spectrum, axis, 0)[far] = 0
    return np.rint(np.abs(np.fft.ifft2(spectrum, axes=(0, 1)))).astype(np.float32)


def grid(voxels: np.ndarray) -> Geometry:
    return Geometry(voxels.shape, phantoms.affine_of(np.eye(3), SPACING))


@pytest.mark.parametrize("share", [0.4, 0.5, 0.67, 0.75, 0.85])
def test_one_axis_filled(share: float) -> None:
    voxels = scanned((1.0, share))
    (found,) = zero_filling(voxels, grid(voxels), 2)
    assert found.axis == 1
    assert found.share == pytest.approx(share, abs=0.04)
    assert found.measured_mm == pytest.approx(0.5 / share, rel=0.06)


def test_both_axes_filled() -> None:
    voxels = scanned((0.5, 0.7))
    assert [one.axis for one in zero_filling(voxels, grid(voxels), 2)] == [0, 1]
    (note,) = zero_fill_warnings(voxels, grid(voxels))
    assert note.code == "zero_filled"
    assert "i 0.5 mm stored, about 0.98 mm measured" in note.message


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1])
def test_a_measured_matrix_is_not_accused(noise: float) -> None:
    voxels = scanned((1.0, 1.0), noise)
    assert zero_filling(voxels, grid(voxels), 2) == ()


def test_smooth_images_are_not_accused() -> None:
    voxels = phantoms.head((96, 120, 12)).voxels
    assert zero_filling(voxels, grid(voxels), 2) == ()
    assert zero_filling(np.zeros((64, 64, 4), np.float32), grid(np.zeros((64, 64, 4))), 2) == ()


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("flair_072x072x40", {0: 0.66}),
        ("t2_060x060x33", {0: 0.72}),
        ("t2_075x075x55", {0: 0.77}),
        ("t2_fetal_113x113x33_b", {1: 0.67}),
        ("t1_091x091x30", {0: 0.77}),
        ("t2star_cord_050x050x75", {}),
    ],
)
def test_real_scans(shared_data: Path, name: str, shares: dict[int, float]) -> None:
    image = nib.load(shared_data / "mri/thick" / f"{name}.nii.gz")
    voxels = np.asarray(image.dataobj, np.float32)
    found = zero_filling(voxels, Geometry(voxels.shape, image.affine), 2)
    assert {one.axis: one.share for one in found} == pytest.approx(shares, abs=0.05)
