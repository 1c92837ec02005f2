"""The grey-level window: the voxel values that are drawn black and white."""

from dataclasses import dataclass
from math import floor, log10

import numpy as np

from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.volumes.remembered import remembered
from srviewer.core.volumes.volume import Volume, Voxels


@dataclass(frozen=True)
class Window:
    """A grey-level window, in the volume's unit.

    Attributes:
        low: Values at or below it are black.
        high: Values at or above it are white.
    """

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
        """The window with a given middle and width.

        Args:
            level: The value in the middle.
            width: ``high - low``; at least a millionth of the level is taken, which is no part of
                the range of values as small as 1e-9.

        Returns:
            The window.
        """
        half = (max(width, 1e-6 * abs(level)) or 1e-6) / 2  # a volume of zeros has a window, too
        return Window(level - half, level + half)


def window_of_values(values: Voxels) -> Window:
    """The window from the 0.5 % to the 99.8 % quantile of values.

    Args:
        values: Of any shape, at least one.

    Returns:
        The window; from the smallest to the largest value where the quantiles are equal.
    """
    # In the order of memory: copied in another order, values take longer than their quantiles.
    low, high = np.quantile(values.ravel(order="K"), (0.005, 0.998))
    if high <= low:
        low, high = float(values.min()), float(values.max())
    return Window.of_level(float(low + high) / 2, float(high - low))


def rounded_down(value: float) -> float:
    """Round down to one of 1, 2, 5, 10, 20, 50 and so on.

    Args:
        value: Above 0.

    Returns:
        The largest of these that is no larger than the value.
    """
    power = 10.0 ** floor(log10(value))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= value * (1 + 1e-9))


def robust_window(voxels: Voxels, padding: float | None = None) -> Window:
    """The window from the 0.5 % to the 99.8 % quantile of a sample of at most about 10^6 voxels.

    Args:
        voxels: (i, j, k), of which a regular sample is taken.
        padding: Voxels of this value do not count; None for none.

    Returns:
        The window; of all voxels where the sample has one value.
    """
    step = max(1, round((voxels.size / 1e6) ** (1 / 3)))
    sample = voxels[::step, ::step, ::step] if min(voxels.shape) > 2 * step else voxels
    sample_values = measured_voxels(sample, padding)
    if sample_values.size and np.ptp(sample_values) > 0:
        return window_of_values(sample_values)
    all_values = measured_voxels(voxels, padding)
    return window_of_values(all_values if all_values.size else voxels)


@remembered
def automatic_window(volume: Volume) -> Window:
    """The window in which a volume is shown at first: ``robust_window`` of its voxels.

    Args:
        volume: The volume.

    Returns:
        The window.
    """
    return robust_window(volume.voxels, volume.padding)
