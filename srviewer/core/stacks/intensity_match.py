"""Gain and offset between two images of one contrast, by a robust fit that favours neither."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]
ROUNDS = 6
OUTLIER = 2.5  # robust standard deviations
LEAST_VALUES = 200
FARTHEST = 50.0  # of a ratio of means from the ratio of the spreads, as a factor
LEAST_CORRELATION = 0.3  # below it the spreads of the two say nothing of one another


@dataclass(frozen=True)
class IntensityMatch:
    """The line from the intensities of one image to those of another.

    Attributes:
        gain: Above 0.
        offset: In the unit of the image that is led to.
    """

    gain: float
    offset: float

    def applied(self, values: Values) -> Values:
        """Intensities led to the unit of the other image.

        Args:
            values: Of any shape.

        Returns:
            Of the same shape, float32.
        """
        return np.asarray(np.float32(self.gain) * values + np.float32(self.offset))

    def after(self, first: "IntensityMatch") -> "IntensityMatch":
        """Another line, and then this one.

        Args:
            first: It leads to the unit from which this one leads.

        Returns:
            The line of both.
        """
        return IntensityMatch(self.gain * first.gain, self.gain * first.offset + self.offset)

    def inverse(self) -> "IntensityMatch":
        """The line back."""
        return IntensityMatch(1 / self.gain, -self.offset / self.gain)


def intensity_match(onto: Values, values: Values) -> IntensityMatch:
    """Fit a line to pairs of intensities, errors in both of them.

    The gain is the ratio of the spreads (reduced major axis): a regression of either on the other
    would be diluted by the errors of the other and flatten its contrast. Pairs far from the line
    are left out, and the fit is repeated.

    Args:
        onto: (n,) in the unit that is led to.
        values: (n,) of the same voxels in the other unit.

    Returns:
        The line; that through the means alone where the pairs are few or hardly related.
    """
    match = _through_means(onto, values)
    used = np.ones(len(onto), bool)
    for _ in range(ROUNDS):
        if np.count_nonzero(used) < LEAST_VALUES:
            return _through_means(onto, values)
        first, second = onto[used].astype(float), values[used].astype(float)
        spreads = float(first.std()), float(second.std())
        if min(spreads) <= 0 or np.corrcoef(first, second)[0, 1] < LEAST_CORRELATION:
            return _through_means(onto, values)
        gain = spreads[0] / spreads[1]  # of any size: units may be stored numbers or shares of 1
        match = IntensityMatch(gain, float(first.mean() - gain * second.mean()))
        distance = onto - match.applied(values)
        middle = np.median(distance)
        spread = 1.4826 * float(np.median(np.abs(distance - middle)))
        used = np.abs(distance - middle) <= OUTLIER * max(spread, 1e-9)
    return match


def _through_means(onto: Values, values: Values) -> IntensityMatch:
    if not len(onto):
        return IntensityMatch(1.0, 0.0)
    means = float(onto.mean(dtype=np.float64)), float(values.mean(dtype=np.float64))
    if means[1] == 0 or means[0] / means[1] <= 0:
        return IntensityMatch(1.0, 0.0)
    ratio = means[0] / means[1]
    spreads = float(onto.std(dtype=np.float64)), float(values.std(dtype=np.float64))
    if min(spreads) > 0:
        usual = spreads[0] / spreads[1]
        ratio = float(np.clip(ratio, usual / FARTHEST, usual * FARTHEST))
    return IntensityMatch(ratio, 0.0)
