"""The noise of slices whose k-space was not measured whole, told from the slices alone."""

from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.measured_part import measured_part
from srviewer.core.acquisition.noise import noise_level
from srviewer.core.acquisition.noise_spectrum import noise_spectrum
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.stacks.noise_limit import COUNTED, beyond_noise
from srviewer.core.volumes.volume import Volume

SIZE = 160
Support = Callable[[np.ndarray, np.ndarray], np.ndarray]


def rectangle(along: float, beside: float) -> Support:
    """The inner shares of the frequencies of either axis."""
    return lambda a, b: 1.0 * ((a <= along) & (b <= beside))


def ellipse(along: float, beside: float) -> Support:
    return lambda a, b: 1.0 * (np.hypot(a / along, b / beside) <= 1)


def soft(edge: float) -> Support:
    """A Fermi filter, as scanners apply against ringing."""
    return lambda a, b: 1 / (1 + np.exp((np.hypot(a, b) / edge - 1) / 0.03))


def half_cosine(edge: float) -> Support:
    def one(f: np.ndarray) -> np.ndarray:
        return 0.5 + 0.5 * np.cos(np.pi * np.clip((f / edge - 0.7) / 0.3, 0, 1))

    return lambda a, b: one(a) * one(b)


SUPPORTS = {
    "filled along one axis": rectangle(0.7, 1),
    "filled along both": rectangle(0.6, 0.8),
    "filled, square": rectangle(0.85, 0.85),
    "round": ellipse(1, 1),
    "elliptic": ellipse(0.9, 0.65),
    "soft and round": soft(0.9),
    "apodised": half_cosine(0.9),
}


def scanned(support: Support, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """(6, h, w) magnitude slices with complex noise of which ``support`` is left; and the noise."""
    random = np.random.default_rng(3)
    head = np.moveaxis(phantoms.head((SIZE, SIZE, 6)).voxels, 2, 0)
    frequencies = 2 * np.abs(np.fft.fftfreq(SIZE))
    left = support(frequencies[:, None], frequencies[None])
    parts = random.normal(size=(2, *head.shape)) * noise * measured_intensity(head).range
    clean, noisy = (
        np.abs(np.fft.ifft2(np.fft.fft2(image, axes=(1, 2)) * left, axes=(1, 2)))
        for image in (head, head + parts[0] + 1j * parts[1])
    )
    return np.rint(noisy).astype(np.float32), noisy - clean


def density(noise: np.ndarray) -> float:
    """The root mean square of noise at frequencies that all supports hold."""
    power = np.abs(np.fft.fft2(noise, axes=(1, 2))) ** 2 / SIZE**2
    frequencies = np.abs(np.fft.fftfreq(SIZE))
    radius = np.hypot(frequencies[:, None], frequencies[None])
    inside = (radius > 0.1) & (radius < 0.25) & (np.minimum(*np.ix_(frequencies, frequencies)) > 0)
    return float(np.sqrt(power[:, inside].mean()))


@pytest.mark.parametrize("name", SUPPORTS)
def test_noise_is_found_where_k_space_was_measured(name: str) -> None:
    slices, noise = scanned(SUPPORTS[name], 0.015)
    found = noise_spectrum(slices, 0)
    assert found.part is not None
    assert found.density == pytest.approx(density(noise), rel=0.2)
    frequencies = 2 * np.abs(np.fft.fftfreq(SIZE))
    left = SUPPORTS[name](frequencies[:, None], frequencies[None])
    assert found.part.share == pytest.approx((left**2).mean(), abs=0.1)
    assert found.scaled(3).deviation == pytest.approx(3 * found.deviation)
    # The level in the foreground, where magnitudes have the noise of one channel.
    level = noise_level(slices, 0)
    assert level == pytest.approx(0.015 * np.sqrt((left**2).mean()), rel=0.25)


@pytest.mark.parametrize("noise", [0.01, 0.03])
def test_of_a_measured_matrix_the_noise_is_that_of_the_corners(noise: float) -> None:
    slices, added = scanned(rectangle(1, 1), noise)
    found = noise_spectrum(slices, 0)
    assert found.part is None
    assert found.density == found.deviation == pytest.approx(density(added), rel=0.2)


def test_a_background_of_zeros_holds_no_noise() -> None:
    slices, added = scanned(ellipse(0.9, 0.9), 0.02)
    brain = slices > 0.1 * slices.max()
    found = noise_spectrum(slices * brain, 0)
    assert found.part is not None
    # Between a mean with the background and the noise of the brain.
    assert 0.8 * density(added * brain) < found.density < 1.2 * density(added)


def test_ordinary_and_tiny_scans_have_no_edge(head: Volume) -> None:
    for noise in (0.0, 0.02):
        thick = Degradation(2, 4, noise=noise).thick_volume(head)
        assert measured_part(np.moveaxis(thick.voxels, 2, 0)) is None
    for shape in ((4, 128, 128), (3, 12, 90), (1, 1, 1)):
        assert measured_part(np.zeros(shape, np.float32)) is None
        assert noise_spectrum(np.zeros(shape, np.float32), 0).density == 0


def test_padding_is_no_noise() -> None:
    slices, _ = scanned(ellipse(0.8, 0.8), 0.02)
    padded = slices.copy()
    padded[:, :, :3] = -2000
    found, expected = noise_spectrum(padded, 0, padding=-2000), noise_spectrum(slices, 0)
    assert found.density == pytest.approx(expected.density, rel=0.1)
    assert noise_level(padded, 0, padding=-2000) == pytest.approx(noise_level(slices, 0), rel=0.1)


@pytest.mark.parametrize("unit", [1e-20, 1e20])
def test_any_unit_will_do(unit: float) -> None:
    slices, _ = scanned(ellipse(0.8, 0.8), 0.02)
    assert noise_level(slices * np.float32(unit), 0) == pytest.approx(
        noise_level(slices, 0), rel=1e-4
    )


def test_what_is_left_out_of_a_residual_follows_the_noise() -> None:
    slices, noise = scanned(ellipse(0.8, 0.8), 0.02)
    spectrum = noise_spectrum(slices, 0)
    held = np.ones(slices.shape, bool)
    residual = noise.astype(np.float32)  # nothing else
    rest = beyond_noise(residual, held, 0, spectrum, share=0.5)
    assert rest.std() == pytest.approx((1 - COUNTED / 2) * residual.std(), rel=0.15)
    # What is beyond the edge is no noise of this stack.
    fine = np.zeros_like(residual)
    fine[:, ::2, ::2] = fine[:, 1::2, 1::2] = 100
    kept = beyond_noise(fine - fine.mean(), held, 0, spectrum, share=0.5)
    assert kept.std() == pytest.approx(fine.std(), rel=0.01)


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("stacks/knee_pdfs/ax_pdfs", 1.7),
        ("stacks/prostate_t2/tra", 1.5),
        ("stacks/lspine_t2_blocks/8_t2_ax_2", 3.2),
        ("mri/thick/t2_075x075x55", 2.7),
        ("mri/thick/t2star_cord_050x050x75", 2.3),
    ],
)
def test_real_scans(shared_data: Path, name: str, percent: float) -> None:
    """The corners of what was measured, and the flattest parts, tell of one noise."""
    image = nib.load(shared_data / f"{name}.nii.gz")
    voxels = np.asarray(image.dataobj, np.float32)
    across = Geometry(voxels.shape, image.affine).slice_axis
    level = noise_level(voxels, across)
    assert 100 * level == pytest.approx(percent, abs=0.1)
    found = noise_spectrum(voxels, across)
    assert (found.part is None) == ("cord" in name)
    # One counts air, whose noise is weaker, the other does not.
    assert 0.65 < found.deviation / (level * measured_intensity(voxels).range) < 1.1
