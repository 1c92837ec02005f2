"""The measured relation of the disagreement map to the true error, for each shipped model."""

import json
from functools import cache

from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model
from srviewer.paths import resource

TABLE = "trust.json"  # written by benchmarks.measure_trust


def disagreement_worth(model: Model | None, factor: int) -> str:
    """One line on how well the disagreement predicts the true error, for these very weights.

    Args:
        model: The model that made the result; None for interpolation.
        factor: The factor of the result; the closest factor that was measured is taken.

    Returns:
        The rank correlation and the share of the worst errors where the disagreement is highest,
        both means over the measured scans; or that nothing was measured for the model.
    """
    rows = [] if model is None else _measured().get(model.sha256, [])
    if not rows:
        return "how well this disagreement predicts the true error was not measured for this model"
    closest = min({row["factor"] for row in rows}, key=lambda known: abs(known - factor))
    chosen = [row for row in rows if row["factor"] == closest]
    correlation = sum(row["correlation"] for row in chosen) / len(chosen)
    worst_share = sum(row["worst_found"] for row in chosen) / len(chosen)
    return (
        f"this disagreement has a rank correlation of {correlation:.2f} with the true error; the "
        f"fifth where it is highest holds {worst_share:.0%} of the worst errors (factor {closest}, "
        f"{len(chosen)} scans of other subjects)"
    )


@cache
def _measured() -> dict[str, list[dict[str, float]]]:
    """SHA-256 of the model file -> one row for each volume and factor."""
    try:
        table = json.loads(resource(TABLE).read_text(encoding="utf-8"))
    except UserError:  # an installation without the table
        return {}
    return {entry["sha256"]: entry["disagreement"] for entry in table["models"]}
