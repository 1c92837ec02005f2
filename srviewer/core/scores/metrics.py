"""Image quality against a reference: PSNR, SSIM and mean absolute error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.volumes.volume import Voxels
from srviewer.table import find_row

Mask = npt.NDArray[np.bool_]

# A slice with less foreground than this share of its pixels has no score.
LEAST_FOREGROUND = 0.01
SSIM_SIGMA = 1.5  # voxels (Wang et al. 2004)
SSIM_TRUNCATE = 3.5  # window radius in sigmas: 11 voxels across
SSIM_RADIUS = int(SSIM_TRUNCATE * SSIM_SIGMA + 0.5)  # voxels, as scipy rounds it


def psnr(reference: Voxels, candidate: Voxels, data_range: float, mask: Mask) -> float | None:
    """Peak signal-to-noise ratio over the masked voxels: 10 log10(R^2 / mean squared error).

    Args:
        reference: Voxels of any shape.
        candidate: Voxels of the same shape and unit.
        data_range: R, the intensity range of the reference, above 0.
        mask: Of the same shape; true where a voxel counts.

    Returns:
        Decibels, infinite for equal voxels; None when the mask holds less than 1 % of the voxels.
    """
    if not _enough(mask):
        return None
    error = np.subtract(candidate, reference, dtype=np.float64)[mask]
    square = float(np.mean(error**2))
    return 10 * np.log10(data_range**2 / square) if square > 0 else float("inf")


def mae(reference: Voxels, candidate: Voxels, data_range: float, mask: Mask) -> float | None:
    """Mean absolute error over the masked voxels.

    Args:
        reference: Voxels of any shape.
        candidate: Voxels of the same shape and unit.
        data_range: Not used: every metric takes the same arguments.
        mask: Of the same shape; true where a voxel counts.

    Returns:
        The error in the unit of the reference; None as in ``psnr``.
    """
    if not _enough(mask):
        return None
    return float(np.mean(np.abs(np.subtract(candidate, reference, dtype=np.float64)[mask])))


def ssim(reference: Voxels, candidate: Voxels, data_range: float, mask: Mask) -> float | None:
    """Structural similarity of one slice, averaged over the masked pixels.

    Args:
        reference: (rows, columns) pixels of one slice.
        candidate: Voxels of the same shape and unit.
        data_range: As in ``ssim_map``.
        mask: Of the same shape; true where a voxel counts.

    Returns:
        The mean of ``ssim_map`` in -1..1, 1 for equal slices; None as in ``psnr``.
    """
    if not _enough(mask):
        return None
    return float(ssim_map(reference, candidate, data_range)[mask].mean())


def ssim_map(reference: Voxels, candidate: Voxels, data_range: float) -> Voxels:
    """SSIM at each pixel of a 2D slice (Wang et al. 2004, eq. 13; K1 = 0.01, K2 = 0.03).

    The window is a Gaussian of 1.5 pixels, 11 pixels wide.

    Args:
        reference: (rows, columns) pixels with the intensity floor 0, from which brightness counts.
        candidate: Pixels of the same shape and unit.
        data_range: The intensity range of the reference, above 0.

    Returns:
        (rows, columns) float32 in -1..1.
    """
    x, y = reference / np.float32(data_range), candidate / np.float32(data_range)
    mean_x, mean_y = _blurred(x), _blurred(y)
    variance_x = _blurred(x * x) - mean_x * mean_x
    variance_y = _blurred(y * y) - mean_y * mean_y
    covariance = _blurred(x * y) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * covariance + c2) / (variance_x + variance_y + c2)
    return np.asarray(luminance * structure, np.float32)


def _blurred(image: Voxels) -> Voxels:
    from scipy.ndimage import gaussian_filter  # half a second, which the window does not wait for

    return np.asarray(gaussian_filter(image, SSIM_SIGMA, truncate=SSIM_TRUNCATE))


def _enough(mask: Mask) -> bool:
    return bool(np.count_nonzero(mask) >= max(1, LEAST_FOREGROUND * mask.size))


@dataclass(frozen=True)
class Metric:
    """A score of a candidate against a reference.

    Attributes:
        id: The name in JSON and files; never renamed.
        title: The name that users see.
        unit: The unit that users see; empty for a pure number.
        decimals: The digits after the point in tables.
        brief_decimals: The digits after the point in badges and captions, where room is short.
        score: (reference, candidate, data range, mask) -> value or None, of images whose intensity
            floor is 0.
        whole_volume: Whether ``score`` takes arrays of any shape. Otherwise it takes slices, and a
            volume's value is the mean over its scored slices, weighted by foreground.
        higher_is_better: Whether a higher value is a better one.
        comparable: Whether values of different scans can be set beside each other, as those that
            are counted from the data range. Only such metrics are plotted, and stand in badges, in
            tables over scans and in the scores of a model; the others are in the scan's unit.
    """

    id: str
    title: str
    unit: str
    decimals: int
    brief_decimals: int
    score: Callable[[Voxels, Voxels, float, Mask], float | None]
    whole_volume: bool
    higher_is_better: bool
    comparable: bool

    @property
    def heading(self) -> str:
        """Title and unit, for the head of a column."""
        return f"{self.title} {self.unit}".strip()

    @property
    def axis_title(self) -> str:
        """Title and unit, for the axis of a plot."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    @property
    def key_cubic(self) -> str:
        """Key of cubic interpolation's score beside this one, in JSON and in model files."""
        return f"{self.id}_cubic"

    def text(self, value: float | None) -> str:
        """A value for a table.

        Args:
            value: The value; None where there is none.

        Returns:
            The number without its unit, or "-".
        """
        return "-" if value is None else f"{value:.{self.decimals}f}"

    def brief(self, value: float) -> str:
        """A value that says by itself what it is.

        Args:
            value: The value.

        Returns:
            "31.20 dB", "SSIM 0.912".
        """
        number = f"{value:.{self.brief_decimals}f}"
        return f"{number} {self.unit}" if self.unit else f"{self.title} {number}"

    def gain(self, value: float, base: float) -> float:
        """The amount by which a value is better than another.

        Args:
            value: The value.
            base: The value of the baseline.

        Returns:
            Above 0 where ``value`` is better.
        """
        return value - base if self.higher_is_better else base - value

    def gain_text(self, gain: float) -> str:
        """A gain with its sign and unit, for a table.

        Args:
            gain: As ``gain`` gives it.

        Returns:
            "+0.53 dB".
        """
        return f"{gain:+.{self.decimals}f} {self.unit}".strip()

    def gain_brief(self, gain: float) -> str:
        """A gain for a sentence.

        Args:
            gain: As ``gain`` gives it.

        Returns:
            "+0.53 dB", "+0.012 SSIM".
        """
        return f"{gain:+.{self.brief_decimals}f} {self.unit or self.title}"

    def worst_first(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """The order of values from the worst to the best.

        Args:
            values: (n,), without NaN.

        Returns:
            (n,) indices of the values; equal ones keep their order.
        """
        return np.argsort(values if self.higher_is_better else -values, kind="stable")


# The first ranks slices and is the gain that is shown alone.
METRICS = (
    Metric(
        "psnr", "PSNR", "dB", 2, 2, psnr,
        whole_volume=True, higher_is_better=True, comparable=True,
    ),
    Metric(
        "ssim", "SSIM", "", 4, 3, ssim,
        whole_volume=False, higher_is_better=True, comparable=True,
    ),
    Metric(
        "mae", "MAE", "", 4, 4, mae,
        whole_volume=True, higher_is_better=False, comparable=False,
    ),
)  # fmt: skip


def metric(id: str) -> Metric:
    """The row of ``METRICS`` with a given id.

    Args:
        id: The id.

    Returns:
        The row.

    Raises:
        UserError: There is none; the message lists the ids that exist.
    """
    return find_row(METRICS, id, "metric")


def ranking_metric() -> Metric:
    """The metric that slices are ranked by."""
    return METRICS[0]


def comparable_metrics() -> tuple[Metric, ...]:
    """The metrics whose values of different scans can be set beside each other."""
    return tuple(row for row in METRICS if row.comparable)


def brief_scores(scores: Mapping[str, float | None]) -> tuple[str, ...] | None:
    """The comparable scores as short texts.

    Args:
        scores: Metric id -> value.

    Returns:
        A text for each comparable metric; None where a score is missing.
    """
    parts = [
        metric.brief(value)
        for metric in comparable_metrics()
        if (value := scores[metric.id]) is not None
    ]
    return tuple(parts) if len(parts) == len(comparable_metrics()) else None


def beside_cubic(
    ours: Mapping[str, float | None], cubic: Mapping[str, float | None]
) -> dict[str, float | None]:
    """Each comparable score, followed by that of cubic interpolation.

    Args:
        ours: Metric id -> value.
        cubic: Metric id -> value, of cubic interpolation of the same scan.

    Returns:
        Values by "psnr", "psnr_cubic", "ssim", "ssim_cubic".
    """
    return {
        key: value
        for metric in comparable_metrics()
        for key, value in (
            (metric.id, ours[metric.id]),
            (metric.key_cubic, cubic[metric.id]),
        )
    }
