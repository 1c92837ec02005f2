"""Agreement to within the noise of a scan, which is removed first."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.noise import scan_noise
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request

WITHIN = Request(2, 2, agreement="noise", precision="float32")
EXACT = Request(2, 2, precision="float32")


@pytest.fixture
def noisy(head: Volume) -> Volume:
    return Degradation(2, 2, noise=0.05, seed=3).thick_volume(head)


def test_noise_is_removed_and_the_result_agrees_within_it(head: Volume, noisy: Volume) -> None:
    within, exact = (run(reconstruct(noisy, request)) for request in (WITHIN, EXACT))
    noise = scan_noise(noisy, 2)
    assert within.noise_removed == pytest.approx(noise)
    assert exact.noise_removed is None
    assert exact.consistency.max < 1e-5
    assert 0.5 * noise < within.consistency.rms <= noise
    assert within.consistency.max <= 3.01 * noise
    truth = Degradation(2, 2).covered(head)
    intensity = volume_intensity(truth)
    seen = intensity.foreground(truth.voxels)
    scores = [
        psnr(truth.voxels, result.volume.voxels, intensity.range, seen)
        for result in (within, exact)
    ]
    assert scores[0] is not None and scores[1] is not None
    assert scores[0] > scores[1] + 1.5
    assert any("agrees with the scan to within it" in line for line in within.warnings)
    assert within.provenance()["agreement"] == "noise"
    assert "its noise removed first" in within.volume.history[-1]


def test_without_noise_nothing_is_removed(head: Volume) -> None:
    clean = Degradation(2, 2).thick_volume(head)
    assert scan_noise(clean, 2) < 0.018
    within, exact = (run(reconstruct(clean, request)) for request in (WITHIN, EXACT))
    assert np.array_equal(within.volume.voxels, exact.volume.voxels)
    assert within.noise_removed is None
    assert any("No noise was removed" in line for line in within.warnings)


def test_padding_and_floor_stay(noisy: Volume) -> None:
    voxels = noisy.voxels + 700
    voxels[:3] = -2000
    padded = noisy.derived(voxels, noisy.geometry, "shifted")
    padded = replace(padded, padding=-2000.0)
    result = run(reconstruct(padded, WITHIN)).volume
    assert np.all(result.voxels[:3] == -2000)
    assert result.voxels[3:].min() > 0


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_values_of_any_size_give_the_same(scale: float, noisy: Volume) -> None:
    scaled = noisy.derived(noisy.voxels * np.float32(scale), noisy.geometry, "in another unit")
    plain, other = (run(reconstruct(scan, WITHIN)) for scan in (noisy, scaled))
    assert other.noise_removed == pytest.approx(plain.noise_removed, rel=1e-4)
    back = other.volume.voxels / np.float32(scale)
    assert np.allclose(back, plain.volume.voxels, atol=1e-3 * volume_intensity(noisy).range)
