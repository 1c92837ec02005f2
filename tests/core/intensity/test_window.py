"""The grey-level window and its robust default."""

import numpy as np
import pytest

from srviewer.core.intensity.window import Window, robust_window
from srviewer.core.volumes.volume import Volume


def test_level_and_width_are_the_other_way_to_say_low_and_high() -> None:
    window = Window.of_level(50, 400)
    assert (window.low, window.high) == (-150, 250)
    assert (window.level, window.width) == (50, 400)


@pytest.mark.parametrize("width", [0.0, -3.0])
def test_a_window_is_never_empty(width: float) -> None:
    window = Window.of_level(1e4, width)
    assert window.high > window.low
    assert window.level == pytest.approx(1e4)


def test_the_robust_window_leaves_outliers_out(head: Volume) -> None:
    voxels = head.voxels.copy()
    voxels[10, 10, 10] = 1e6
    window = robust_window(voxels)
    low, high = np.quantile(voxels, (0.005, 0.998))
    assert (window.low, window.high) == pytest.approx((low, high), abs=1e-3)
    assert window.high < 1100


def test_a_large_volume_is_sampled(head: Volume) -> None:
    large = np.tile(head.voxels, (4, 4, 4))
    sampled, exact = robust_window(large), robust_window(head.voxels)
    assert sampled.low == pytest.approx(exact.low, abs=5)
    assert sampled.high == pytest.approx(exact.high, rel=0.05)


def test_a_few_bright_voxels_in_the_dark_are_still_seen() -> None:
    voxels = np.zeros((20, 20, 20), np.float32)
    voxels[3, 4, 5] = 80
    window = robust_window(voxels)
    assert (window.low, window.high) == pytest.approx((0, 80))


def test_a_constant_volume_has_a_window() -> None:
    window = robust_window(np.full((4, 4, 4), 12, np.float32))
    assert window.low < 12 < window.high
