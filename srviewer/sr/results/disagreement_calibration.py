"""The measured relation of the disagreement map to the true error, for each shipped model."""

import json
from dataclasses import dataclass
from functools import cache

from srviewer.core.percentage import percentage
from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model
from srviewer.paths import resource

TABLE = "trust.json"  # written by benchmarks.measure_trust


@dataclass(frozen=True)
class DisagreementCalibration:
    """How well the disagreement of the planes predicts the true error; means over scans.

    Attributes:
        correlation: The rank correlation of disagreement and error.
        worst_share: The share of the worst errors in the fifth where the disagreement is highest.
        factor: The factor that was measured.
        scans: The number of scans, of other subjects than those of the training.
    """

    correlation: float
    worst_share: float
    factor: int
    scans: int


def disagreement_calibration(model: Model | None, factor: int) -> DisagreementCalibration | None:
    """Find how well the disagreement predicts the true error, for these very weights.

    Args:
        model: The model that made the result; None for interpolation.
        factor: The factor of the result; the closest factor that was measured is taken.

    Returns:
        The calibration; None where nothing was measured for the model.
    """
    rows = [] if model is None else _measured().get(model.sha256, [])
    if not rows:
        return None
    closest = min({row["factor"] for row in rows}, key=lambda known: abs(known - factor))
    chosen = [row for row in rows if row["factor"] == closest]
    return DisagreementCalibration(
        correlation=sum(row["correlation"] for row in chosen) / len(chosen),
        worst_share=sum(row["worst_found"] for row in chosen) / len(chosen),
        factor=int(closest),
        scans=len(chosen),
    )


def disagreement_worth(model: Model | None, factor: int) -> str:
    """One line on how well the disagreement predicts the true error, for these very weights.

    Args:
        model: The model that made the result; None for interpolation.
        factor: The factor of the result; the closest factor that was measured is taken.

    Returns:
        The rank correlation and the share of the worst errors where the disagreement is highest,
        both means over the measured scans; or that nothing was measured for the model.
    """
    measured = disagreement_calibration(model, factor)
    if measured is None:
        return "how well this disagreement predicts the true error was not measured for this model"
    return (
        f"this disagreement has a rank correlation of {measured.correlation:.2f} with the true "
        f"error; the fifth where it is highest holds {percentage(measured.worst_share)} of the "
        f"worst errors (factor {measured.factor}, {measured.scans} scans of other subjects)"
    )


@cache
def _measured() -> dict[str, list[dict[str, float]]]:
    """SHA-256 of the model file -> one row for each volume and factor."""
    try:
        table = json.loads(resource(TABLE).read_text(encoding="utf-8"))
    except UserError:  # an installation without the table
        return {}
    return {entry["sha256"]: entry["disagreement"] for entry in table["models"]}
