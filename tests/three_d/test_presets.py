"""Presets of volume rendering fit any unit: they come from the values of the scan."""

import numpy as np
import pytest

from srviewer.core.intensity.window import Window
from srviewer.three_d.levels import Levels, levels_of
from srviewer.three_d.presets import PRESETS, ramp_of


def _levels(scale: float) -> Levels:
    generator = np.random.default_rng(3)
    background, tissue = generator.normal(30, 5, 4000), generator.normal(400, 90, 6000)
    values = np.concatenate((background, tissue)).clip(0).astype(np.float32)
    values *= np.float32(scale)
    return levels_of(values, (float(values.min()), float(values.max())))


@pytest.mark.parametrize("scale", [1.0, 1e-11, 250.0])
def test_the_threshold_lies_between_background_and_tissue(scale: float) -> None:
    levels = _levels(scale)
    assert 50 * scale < levels.threshold < 220 * scale
    assert levels.median == pytest.approx(400 * scale, rel=0.03)


@pytest.mark.parametrize("scale", [1.0, 1e-11, 250.0])
@pytest.mark.parametrize("preset", [row.id for row in PRESETS])
def test_values_rise_and_background_is_not_seen(preset: str, scale: float) -> None:
    window = Window(100 * scale, 500 * scale)
    steps = np.array(ramp_of(preset, _levels(scale), window, 1.0))
    assert np.all(np.diff(steps[:, 0]) > 0)
    assert np.all((steps[:, 1:] >= 0) & (steps[:, 1:] <= 1))
    opacity = np.interp((40 * scale, 600 * scale), steps[:, 0], steps[:, 1])
    assert opacity[0] < 0.01 < opacity[1]


def test_a_constant_scan_and_a_dense_setting_have_a_ramp_too() -> None:
    levels = levels_of(np.full(50, 7, np.float32), (7.0, 7.0))
    for row in PRESETS:
        steps = np.array(ramp_of(row.id, levels, Window(7.0, 7.0), 4.0))
        assert np.all(np.diff(steps[:, 0]) > 0) and steps[:, 1].max() <= 1
