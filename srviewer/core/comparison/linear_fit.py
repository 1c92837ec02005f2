"""The linear relation of the values of two volumes on one grid."""

from dataclasses import dataclass

import numpy as np

from srviewer.core.volumes.volume import Voxels


@dataclass(frozen=True)
class LinearFit:
    """Values y as ``slope * x + intercept``, by least squares.

    Attributes:
        slope: In units of y for one of x, above 0.
        intercept: In units of y.
        residual: The largest difference at a voxel, in units of y.
        correlation: Pearson's, -1..1.
    """

    slope: float
    intercept: float
    residual: float
    correlation: float

    def is_identity(self, tolerance: float) -> bool:
        """Whether both have the same values.

        Args:
            tolerance: The largest relative difference of the slope from 1.

        Returns:
            True for a slope of 1 and an intercept that is less than the residual may be.
        """
        near = abs(self.slope - 1) <= tolerance
        return near and abs(self.intercept) <= max(self.residual, tolerance)

    def __str__(self) -> str:
        """The relation for people: "12.3 times", with the offset where there is one."""
        offset = f" plus {self.intercept:.4g}" if abs(self.intercept) > self.residual else ""
        return f"{self.slope:.4g} times{offset}"


def linear_fit(x: Voxels, y: Voxels) -> LinearFit | None:
    """Fit the values of a volume to those of another, plane by plane.

    Args:
        x: (i, j, k).
        y: (i, j, k), of the same shape.

    Returns:
        The fit; None where either has one value alone, or the slope is not above 0.
    """
    planes = range(x.shape[2])
    mean_x = float(np.mean([x[:, :, k].mean(dtype=np.float64) for k in planes]))
    mean_y = float(np.mean([y[:, :, k].mean(dtype=np.float64) for k in planes]))
    xx = yy = xy = 0.0
    for k in planes:
        a = x[:, :, k].astype(np.float64) - mean_x
        b = y[:, :, k].astype(np.float64) - mean_y
        xx, yy, xy = xx + float((a * a).sum()), yy + float((b * b).sum()), xy + float((a * b).sum())
    if not (xx > 0 and yy > 0 and xy > 0):
        return None
    slope = xy / xx
    intercept = mean_y - slope * mean_x
    residual = max(float(np.abs(x[:, :, k] * slope + intercept - y[:, :, k]).max()) for k in planes)
    return LinearFit(slope, intercept, residual, xy / float(np.sqrt(xx * yy)))
