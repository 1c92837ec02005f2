"""The grey-level window: which voxel values are drawn black and which white."""

from dataclasses import dataclass
from math import floor, log10

import numpy as np

from srviewer.core.intensity.padding import measured
from srviewer.core.volumes.volume import Voxels


@dataclass(frozen=True)
class Window:
    """Values at or below ``low`` are black, at or above ``high`` white; in the volume's unit."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """``high - low``."""
        return self.high - self.low

    @property
    def level(self) -> float:
        """The value in the middle of the window."""
        return (self.low + self.high) / 2

    @staticmethod
    def of_level(level: float, width: float) -> "Window":
        """The window with this middle and this width (at least a hair wide)."""
        half = max(width, 1e-6 * max(1.0, abs(level))) / 2
        return Window(level - half, level + half)


def window_of_values(values: Voxels) -> Window:
    """From the 0.5 % to the 99.8 % quantile of ``values``, of any shape."""
    low, high = np.quantile(values, (0.005, 0.998))
    if high <= low:
        low, high = float(values.min()), float(values.max())
    return Window.of_level(float(low + high) / 2, float(high - low))


def rounded_down(value: float) -> float:
    """The largest of 1, 2, 5, 10, 20, 50 ... that is no larger than ``value``, which is above 0."""
    power = 10.0 ** floor(log10(value))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= value * (1 + 1e-9))


def robust_window(voxels: Voxels, padding: float | None = None) -> Window:
    """From the 0.5 % to the 99.8 % quantile of a regular sample of at most about 10^6 voxels.

    Voxels of the value ``padding`` do not count.
    """
    step = max(1, round((voxels.size / 1e6) ** (1 / 3)))
    sample = voxels[::step, ::step, ::step] if min(voxels.shape) > 2 * step else voxels
    seen = measured(sample, padding)
    if seen.size and np.ptp(seen) > 0:
        return window_of_values(seen)
    every = measured(voxels, padding)
    return window_of_values(every if every.size else voxels)
