"""Padding is no image: it is left out of what is measured, seen and interpolated."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.noise import noise_level
from srviewer.core.comparison.comparison import Comparison
from srviewer.core.comparison.difference import difference_slice
from srviewer.core.intensity.histogram import histogram
from srviewer.core.intensity.padding import (
    filled,
    interpolated_around_padding,
    marked,
    measured_limits,
)
from srviewer.core.intensity.window import robust_window
from srviewer.core.regions.roi import boxed, values_inside
from srviewer.core.resampling.resample import resampled
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.projection import turntable
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume
from srviewer.job import run

LOW, HIGH = -32768.0, 40000.0
BOTH = pytest.mark.parametrize("padding", (LOW, HIGH))


def padded_at(volume: Volume, where: tuple[slice, ...], padding: float) -> Volume:
    voxels = np.array(volume.voxels)
    voxels[where] = padding
    return replace(volume, voxels=voxels, padding=padding)


@BOTH
def test_levels_are_those_of_the_image(head: Volume, padding: float) -> None:
    border = (slice(None), slice(-6, None))
    cut = replace(
        head,
        voxels=head.voxels[:, :-6],
        geometry=head.geometry.cropped(1, 0, head.geometry.shape[1] - 6),
    )
    scan = padded_at(head, border, padding)
    assert measured_limits(scan) == measured_limits(cut)
    low, high = (robust_window(v.voxels, v.padding) for v in (scan, cut))
    assert (low.low, low.high) == pytest.approx((high.low, high.high), abs=10)
    counted, expected = run(histogram(scan)), run(histogram(cut))
    assert (counted.counts == expected.counts).all() and counted.low == expected.low
    assert noise_level(scan.voxels, 2, padding) == pytest.approx(
        noise_level(cut.voxels, 2), rel=0.05, abs=1e-6
    )
    assert run(turntable(scan)).views.max() <= cut.voxels.max()


@BOTH
def test_measurements_leave_padding_out(head: Volume, padding: float) -> None:
    scan = padded_at(head, (slice(0, 20),), padding)
    ends = head.geometry.world([[12.0, 20.0, 20.0], [30.0, 40.0, 20.0]])
    roi = boxed("rectangle", Plane.AXIAL, head.geometry, ends, "")
    found, every = values_inside(roi, scan), values_inside(roi, head)
    assert found is not None and every is not None and 0 < found.count < every.count
    assert found.minimum >= head.voxels.min() and found.maximum <= head.voxels.max()
    ends = head.geometry.world([[2.0, 20.0, 20.0], [9.0, 40.0, 20.0]])
    assert values_inside(boxed("rectangle", Plane.AXIAL, head.geometry, ends, ""), scan) is None


def test_scores_leave_padding_out(head: Volume) -> None:
    off = replace(head, voxels=head.voxels + np.float32(7))
    scan, other = (padded_at(v, (slice(0, 20),), p) for v, p in ((head, LOW), (off, HIGH)))
    scores = run(Comparison(scan, other, "itself").scores())
    assert scores.whole["mae"] == pytest.approx(7, rel=1e-4)
    assert scores.data_range < 2 * head.voxels.max() and scores.share == 1.0
    one_sided = run(Comparison(head, other, "itself").scores())
    assert one_sided.whole["mae"] == pytest.approx(7, rel=1e-4) and one_sided.share < 1
    assert scores.whole["ssim"] is not None and scores.whole["ssim"] > 0.9
    picture = difference_slice(scan, off, Plane.AXIAL, head.geometry.centre, smooth=True)
    assert np.abs(picture.image.pixels).max() == pytest.approx(7, rel=1e-3)


def test_lines_are_filled_from_their_nearest_voxels() -> None:
    line = np.array([9, 1, 9, 9, 9, 5, 9], np.float32)
    padded = line == 9
    assert filled(line[:, None], padded[:, None], 0, 0.0)[:, 0].tolist() == [1, 1, 1, 1, 5, 5, 5]
    assert filled(line[:, None], padded[:, None], 1, -3.0)[:, 0].tolist() == [
        -3, 1, -3, -3, -3, 5, -3
    ]  # fmt: skip


def test_only_padded_voxels_hold_the_padding_value() -> None:
    voxels = np.array([0.0, 1.0, 0.0], np.float32)
    found = marked(voxels, np.array([True, False, False]), 0.0)
    assert (found == 0).tolist() == [True, False, False] and found[2] < 1e-30


def test_interpolation_does_not_mix_padding_in(head: Volume) -> None:
    scan = padded_at(head, (slice(None), slice(None), slice(0, 6)), LOW)
    positions = thin_positions(head.geometry.shape[2], 2)
    found = interpolated_around_padding(cubic, scan.voxels, 2, positions, LOW)
    assert (found[:, :, :12] == LOW).all() and (found[:, :, 12:] != LOW).all()
    rest = cubic(head.voxels, 2, positions)[:, :, 24:]
    np.testing.assert_allclose(found[:, :, 24:], rest, atol=0.5)


def test_a_thick_slice_into_which_padding_would_be_averaged_is_padding(head: Volume) -> None:
    scan = padded_at(head, (slice(None), slice(None), slice(0, 5)), LOW)
    thick = Degradation(2, 2).thick_volume(scan)
    assert thick.padding == LOW and thick.padded is not None
    assert thick.padded[:, :, :3].all() and not thick.padded[:, :, 3:].any()
    expected = Degradation(2, 2).apply(head.voxels)
    np.testing.assert_array_equal(thick.voxels[:, :, 3:], expected[:, :, 3:])


@pytest.mark.parametrize("shift", (1.0, 0.3))
def test_another_grid_has_padding_where_it_came_from(head: Volume, shift: float) -> None:
    scan = padded_at(head, (slice(0, 10),), LOW)
    affine = head.geometry.affine.copy()
    affine[:3, 3] += shift * affine[:3, 0]
    found = run(resampled(scan, replace(head.geometry, affine=affine)))
    assert found.volume.padded is not None
    assert (found.volume.padded == ~found.covered).all() and not found.covered[:9].any()
    seen = found.volume.voxels[found.covered]
    assert seen.min() > -0.5 * head.voxels.max() and found.covered[12:38].all()
