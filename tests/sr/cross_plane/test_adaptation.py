"""Adapting to a scan: what it is worth against the truth, and when the model stays as it ships."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import run
from srviewer.nn.plans.adaptation import Adaptation, Adapted
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request

SHAPE = (40, 40, 40)


def _rebuilt(scan: Volume, steps: int = 0) -> tuple[Voxels, Adapted | None]:
    adaptation = Adaptation(steps=steps) if steps else None
    result = run(reconstruct(scan, Request(2, 2, model="fast", adaptation=adaptation)))
    return result.volume.voxels, result.adapted


def _score(truth: Voxels, voxels: Voxels) -> float:
    found = measured_intensity(truth)
    return psnr(truth, voxels, found.range, found.foreground(truth)) or 0.0


def test_a_scan_of_another_kind_is_rebuilt_better_after_adapting_to_it(
    make_head: Callable[..., Volume],
) -> None:
    sharp = make_head(SHAPE)
    thin = sharp.derived(gaussian_filter(sharp.voxels, 1.0), sharp.geometry, "blurred")
    scan = Degradation(2, 2).thick_volume(thin)
    shipped, _ = _rebuilt(scan)
    fitted, adapted = _rebuilt(scan, steps=12)
    assert adapted is not None and adapted.kept and adapted.share == 1.0 and adapted.gain > 0.5
    assert _score(thin.voxels, fitted) > _score(thin.voxels, shipped) + 1.0


def test_where_nothing_can_be_learned_the_model_is_used_as_it_ships(
    make_head: Callable[..., Volume],
) -> None:
    noise = np.random.default_rng(0).random(SHAPE, np.float32) * np.float32(1000)
    scan = Degradation(2, 2).thick_volume(replace(make_head(SHAPE), voxels=noise))
    shipped, _ = _rebuilt(scan)
    guarded, adapted = _rebuilt(scan, steps=3)
    assert adapted is not None and not adapted.kept and adapted.share == 0 and adapted.steps == 3
    assert "a gain of 0.01 dB is asked for" in adapted.found
    assert np.array_equal(guarded, shipped)
