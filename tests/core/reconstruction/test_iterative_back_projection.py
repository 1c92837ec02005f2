"""Any acquisition: the result degrades to the scan."""

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation, consistency
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.reconstruction.iterative_back_projection import TOLERANCE, back_project
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.core.volumes.voxel_sources import ArrayVoxels, shape_of
from srviewer.job import run


def held_to(scan: Voxels, first: Voxels, degradation: Degradation, data_range: float) -> Voxels:
    """The estimate back-projected in two unequal slabs."""
    across = (degradation.axis + 1) % 3
    middle, count = first.shape[across] // 3, first.shape[across]
    estimate = ArrayVoxels(shape_of(first), first.copy())
    measured = ArrayVoxels(shape_of(scan), scan)
    slabs = across, ((0, middle), (middle, count))
    run(back_project(estimate, measured, degradation, data_range, slabs))
    return estimate.array


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize(
    ("profile", "thickness"),
    [("box", 1.0), ("box", 0.7), ("box", 1.2), ("gaussian", 1.0), ("gaussian", 0.8)],
)
def test_it_reaches_the_stated_tolerance_and_beats_cubic(
    axis: int, profile: str, thickness: float, head: Volume
) -> None:
    degradation = Degradation(axis, 2, profile, thickness)  # type: ignore[arg-type]
    scan = degradation.apply(head.voxels)
    first = cubic(scan, axis, thin_positions(scan.shape[axis], 2))
    result = held_to(scan, first, degradation, measured_intensity(scan).range)
    assert consistency(result, scan, degradation).max <= TOLERANCE
    assert consistency(first, scan, degradation).max > TOLERANCE
    intensity = measured_intensity(head.voxels)
    data_range, seen = intensity.range, intensity.foreground(head.voxels)
    before, after = (psnr(head.voxels, x, data_range, seen) for x in (first, result))
    assert before is not None and after is not None and after > before


def test_a_plain_mean_ends_exactly(head: Volume) -> None:
    degradation = Degradation(2, 3)
    scan = degradation.apply(head.voxels)
    result = held_to(scan, np.zeros_like(head.voxels), degradation, 1.0)
    assert consistency(result, scan, degradation).max < 1e-6


@pytest.mark.parametrize(("profile", "thickness"), [("box", 2.6), ("box", 3.7), ("slr", 2.6)])
def test_slices_thicker_than_two_spacings_stay_bounded(
    profile: str, thickness: float, head: Volume
) -> None:
    measured = Degradation(2, 2).apply(head.voxels)  # which slices that thick could not give
    degradation = Degradation(2, 2, profile, thickness)  # type: ignore[arg-type]
    first = cubic(measured, 2, thin_positions(measured.shape[2], 2))
    data_range = measured_intensity(measured).range
    result = held_to(measured, first, degradation, data_range)
    before, after = (consistency(x, measured, degradation) for x in (first, result))
    assert after.rms < before.rms
    assert np.abs(result).max() < 3 * data_range
