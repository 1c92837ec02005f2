"""The measured relation of the predictors to the true gain, for each shipped model."""

import json
from dataclasses import dataclass
from functools import cache
from math import hypot, log2
from typing import Annotated

from msgspec import Meta

from srviewer.codec import from_plain
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.slice_profiles import Profile
from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model
from srviewer.paths import resource
from srviewer.sr.results.expected_gain import ExpectedGain
from srviewer.sr.trust.gain_predictors import GainPredictors, log_ratio

TABLE = "expected_gain.json"  # written by benchmarks.expected_gain
DECIMALS = 3  # of dB
LEAST_NOISE = 0.003  # of the range: below this, noise changes nothing

Positive = Annotated[float, Meta(gt=0)]


@dataclass(frozen=True)
class Term:
    """One term of the regression.

    Attributes:
        name: A key of ``terms_of``.
        weight: dB for one standard deviation of the term.
        mean: Of the table.
        deviation: Standard deviation in the table.
        low: The least value for which the regression holds.
        high: The largest.
    """

    name: str
    weight: float
    mean: float
    deviation: Positive
    low: float
    high: float


@dataclass(frozen=True)
class CalibratedRange:
    """The conditions that were measured.

    Attributes:
        factors: Least and largest.
        thickness: Slice thickness over spacing, least and largest.
        profiles: Slice profiles.
        noise: The largest, as ``noise_level`` gives it.
        spacing_mm: Of the voxels of a result, least and largest.
    """

    factors: tuple[int, int]
    thickness: tuple[float, float]
    profiles: tuple[Profile, ...]
    noise: float
    spacing_mm: tuple[float, float]


@dataclass(frozen=True)
class LeftOut:
    """The errors on people who were left out of the fit, one after the other.

    Attributes:
        mean_error: Mean magnitude of the error, in dB.
        worst: The largest magnitude, in dB.
        covered: The share of rows within the interval.
        width: The mean width of the interval, in dB.
        correlation: Of expected and true gain.
    """

    mean_error: float
    worst: float
    covered: float
    width: float
    correlation: float


@dataclass(frozen=True)
class GainCalibration:
    """The regression of one model.

    Attributes:
        name: The name of the model.
        sha256: Of its file.
        people: Of the table.
        rows: Of the table that were fitted.
        intercept: dB.
        terms: The terms of the regression.
        half_widths: Half of the 90 % interval in dB, by the name of the group of ``group_of``.
        within: The conditions that were measured.
        left_out: The errors on people who were left out.
        note: Sentences on the people, for the model card.
    """

    name: str
    sha256: str
    people: tuple[str, ...]
    rows: int
    intercept: float
    terms: tuple[Term, ...]
    half_widths: dict[str, float]
    within: CalibratedRange
    left_out: LeftOut
    note: str = ""

    def expected(self, terms: dict[str, float], group: str) -> ExpectedGain:
        """The expected gain for some predictors.

        Args:
            terms: As ``terms_of`` gives them.
            group: As ``group_of`` gives it.

        Returns:
            The gain with its interval, in dB.
        """
        gain = self.intercept + sum(
            term.weight * (terms[term.name] - term.mean) / term.deviation for term in self.terms
        )
        half = self.half_widths[group]
        low, middle, high = (round(value, DECIMALS) for value in (gain - half, gain, gain + half))
        return ExpectedGain(middle, low, high, True)

    def beyond(self, terms: dict[str, float]) -> str | None:
        """The first term outside the values that were measured.

        Args:
            terms: As ``terms_of`` gives them.

        Returns:
            A key of ``TERMS``; None where all are inside.
        """
        outside = (t.name for t in self.terms if not t.low <= terms[t.name] <= t.high)
        return next(outside, None)


@dataclass(frozen=True)
class GainCalibrations:
    """The file of all calibrations."""

    models: tuple[GainCalibration, ...] = ()


# For the user: that these lie outside the values of the table.
TERMS = {
    "restored": "the gain where the result was made thick and restored",
    "sharpness": "the sharpness across the slices against that in the plane",
    "certainty": "the change by the network against the disagreement of its planes",
    "fineness": "the fineness of the detail in the plane",
    "noise": "the noise against the change by the network",
    "noise_level": "the noise",
    "noise_by_factor": "the noise at this factor",
    "factor": "the factor",
    "gap": "the gap between slices",
    "overlap": "the overlap of slices",
    "gaussian": "the slice profile",
}


def terms_of(predictors: GainPredictors, degradation: Degradation) -> dict[str, float]:
    """The terms of the regression, by their names in ``TERMS``.

    Args:
        predictors: Of a result.
        degradation: The acquisition model of its scan.

    Returns:
        Name -> value.
    """
    gains = [row.gain for row in predictors.restored]
    noise = log_ratio(hypot(predictors.noise, LEAST_NOISE), predictors.change)
    factor = log2(degradation.factor)
    return {
        "restored": sum(gains) / len(gains),
        "sharpness": log_ratio(predictors.thick_gradient, predictors.plane_gradient),
        "certainty": log_ratio(predictors.change, predictors.disagreement),
        "fineness": predictors.fineness,
        "noise": noise,
        "noise_level": 100 * predictors.noise,
        "noise_by_factor": noise * factor,
        "factor": factor,
        "gap": max(0.0, 1 - degradation.thickness),
        "overlap": max(0.0, degradation.thickness - 1),
        "gaussian": float(degradation.profile == "gaussian"),
    }


def group_of(degradation: Degradation) -> str:
    """The group of conditions that share one width of the interval.

    Args:
        degradation: The acquisition model of a scan.

    Returns:
        Its name.
    """
    return "factor 2" if degradation.factor == 2 else "other factors"


def calibration_of(model: Model | None) -> GainCalibration | None:
    """The calibration of these very weights.

    Args:
        model: The model that made a result; None for interpolation.

    Returns:
        The calibration; None where there is none.
    """
    return None if model is None else _calibrations().get(model.sha256)


@cache
def _calibrations() -> dict[str, GainCalibration]:
    """SHA-256 of the model file -> its calibration."""
    try:
        text = resource(TABLE).read_text(encoding="utf-8")
    except UserError:  # an installation without the table
        return {}
    known = from_plain(json.loads(text), GainCalibrations)
    return {calibration.sha256: calibration for calibration in known.models}
