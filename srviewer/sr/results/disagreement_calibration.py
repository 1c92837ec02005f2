"""What the disagreement map was found to be worth, from the table that was measured."""

import json
from functools import cache

from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model
from srviewer.paths import resource

TABLE = "trust.json"  # written by benchmarks.measure_trust


def disagreement_worth(model: Model | None, factor: int) -> str:
    """One line: how well the map told the true error apart, for these very weights.

    It says so where nothing was measured for them. The measured factor that is closest speaks.
    """
    rows = [] if model is None else _measured().get(model.sha256, [])
    if not rows:
        return "how well this disagreement tells the true error was not measured for this model"
    closest = min({row["factor"] for row in rows}, key=lambda known: abs(known - factor))
    chosen = [row for row in rows if row["factor"] == closest]
    correlation = sum(row["correlation"] for row in chosen) / len(chosen)
    found = sum(row["worst_found"] for row in chosen) / len(chosen)
    return (
        f"this disagreement has a rank correlation of {correlation:.2f} with the true error; the "
        f"fifth where it is highest holds {found:.0%} of the worst errors (factor {closest}, "
        f"{len(chosen)} other people's scans)"
    )


@cache
def _measured() -> dict[str, list[dict[str, float]]]:
    """sha256 of the model file -> one row for each volume and factor."""
    try:
        table = json.loads(resource(TABLE).read_text(encoding="utf-8"))
    except UserError:  # an installation without the table
        return {}
    return {one["sha256"]: one["disagreement"] for one in table["models"]}
