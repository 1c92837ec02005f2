"""Loss curves from the log of a training run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srviewer.documents import is_number
from srviewer.errors import UserError
from srviewer.nn.reports.run_log import SUFFIX, read_lines

Curve = tuple[list[int], list[float]]  # steps, values


@dataclass(frozen=True)
class LossCurves:
    """The losses of a training run.

    Attributes:
        name: Of the run.
        terms: Loss term -> its steps and values.
    """

    name: str
    terms: Mapping[str, Curve]


def loss_curves(path: Path) -> LossCurves:
    """Read the losses in the log of a training run, without values that are no finite numbers.

    Args:
        path: The log.

    Returns:
        The curve of each loss term.

    Raises:
        UserError: The file cannot be read or holds no losses.
    """
    terms: dict[str, Curve] = {}
    try:
        for entry in read_lines(path):
            _add(terms, entry)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"The log '{path}' cannot be read: {reason}.") from error
    if not terms:
        raise UserError(
            f"'{path}' holds no losses. Give the log that training wrote beside its model "
            f"(...{SUFFIX})."
        )
    return LossCurves(path.name.removesuffix(SUFFIX), terms)


def _add(terms: dict[str, Curve], entry: Any) -> None:
    if not isinstance(entry, dict) or not isinstance(entry.get("losses"), dict):
        return
    step = entry.get("step")
    for name, value in entry["losses"].items():
        if is_number(step) and isinstance(step, int) and is_number(value):
            steps, values = terms.setdefault(str(name), ([], []))
            steps.append(step)
            values.append(float(value))
