"""The regression of the expected gain, fitted on its table, and its errors on people left out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.codec import from_plain
from srviewer.core.acquisition.degradation import Degradation
from srviewer.sr.results.expected_gain import ExpectedGain, uncalibrated
from srviewer.sr.trust.calibrated_range import uncalibrated_acquisition
from srviewer.sr.trust.gain_calibration import (
    CalibratedRange,
    GainCalibration,
    LeftOut,
    Term,
    group_of,
    terms_of,
)
from srviewer.sr.trust.gain_predictors import GainPredictors

CHOSEN = (
    "restored",
    "sharpness",
    "certainty",
    "fineness",
    "noise",
    "noise_level",
    "noise_by_factor",
    "factor",
    "gap",
    "overlap",
    "gaussian",
)
# What is called calibrated; rows beyond it are in the table to show why.
WITHIN = CalibratedRange((2, 6), (0.7, 1.3), ("box", "gaussian"), 0.025, (0.54, 1.2))
RIDGE = 1.0  # rows that each weight counts as
LEVEL = 0.9
SLACK = 0.05  # of the span of a term: this far beyond the table counts as inside
NOTE = (
    "The six of OASIS (CC BY-NC, o1000 to o1119) are used for these coefficients alone and are no "
    "part of the program. Of people whom the network was trained on are {trained}."
)
CONTRASTS = ("T1", "T2", "FLAIR")
UNKNOWN = LeftOut(0.0, 0.0, 0.0, 0.0, 0.0)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One row of the table with its terms.

    Attributes:
        person: The name of the thin volume.
        contrast: T1, T2 or FLAIR.
        degradation: The acquisition.
        fault: Put between the slices; "" for none.
        seen: Whether the program found a fault.
        gain: The true gain over cubic in dB.
        noise: As ``noise_level`` gives it.
        terms: As ``terms_of`` gives them, and "self_test".
    """

    person: str
    contrast: str
    degradation: Degradation
    fault: str
    seen: bool
    gain: float
    noise: float
    terms: dict[str, float]

    @property
    def condition(self) -> str:
        """The condition but for its factor."""
        made = self.degradation
        parts = [
            self.fault,
            f"noise {made.noise:.0%}" if made.noise else "",
            f"gap {1 - made.thickness:.0%}" if made.thickness < 1 else "",
            f"overlap {made.thickness - 1:.0%}" if made.thickness > 1 else "",
            "gaussian profile" if made.profile == "gaussian" else "",
        ]
        return ", ".join(part for part in parts if part) or "clean, box profile"

    @property
    def reason(self) -> str | None:
        """The reason for which this row is not calibrated, but for its terms."""
        if self.seen:
            return "the slices have a fault"
        return uncalibrated_acquisition(self.degradation, self.noise, WITHIN)


def read_row(row: dict[str, Any]) -> Row:
    """A row of the file of the table.

    Args:
        row: As ``benchmarks.expected_gain_table`` writes it.

    Returns:
        The row.
    """
    predictors = from_plain(row["predictors"], GainPredictors)
    degradation = Degradation(
        "ijk".index(row["axis"]), row["factor"], row["profile"], row["thickness"], row["noise"]
    )
    tested = [each["ours"] - each["cubic"] for each in row["self_test"]]
    terms = {**terms_of(predictors, degradation), "self_test": float(np.mean(tested or [0.0]))}
    name = row["person"]
    contrast = next(word for word in ("flair", "t2", "t1") if name.startswith(word)).upper()
    return Row(
        name,
        contrast,
        degradation,
        row["fault"],
        bool(row["faults"]),
        row["gain"],
        predictors.noise,
        terms,
    )


def left_out(rows: Sequence[Row], names: Sequence[str] = CHOSEN) -> Array:
    """The gain that is expected of each row by a fit on all other people.

    Args:
        rows: Of the table.
        names: The terms of the regression.

    Returns:
        (rows,) dB.
    """
    people = np.array([row.person for row in rows])
    expected = np.empty(len(rows))
    for person in set(people):
        others = [row for row in rows if row.person != person]
        intercept, terms = _regression(others, names)
        for number in np.flatnonzero(people == person):
            expected[number] = _value(rows[int(number)], intercept, terms)
    return expected


def fitted(
    rows: Sequence[Row], name: str, sha256: str, trained: Collection[str] = ()
) -> GainCalibration:
    """Fit the regression and the widths of its intervals.

    Args:
        rows: Of the table; those beyond ``WITHIN`` are left out.
        name: The model.
        sha256: Of its file.
        trained: Whom the model was trained on.

    Returns:
        The calibration, without errors.
    """
    inside = [row for row in rows if row.reason is None]
    intercept, terms = _regression(inside, CHOSEN)
    errors = np.abs(left_out(inside) - [row.gain for row in inside])
    groups = np.array([group_of(row.degradation) for row in inside])
    widths = {
        group: float(np.quantile(errors[groups == group], LEVEL, method="higher"))
        for group in sorted(set(groups))
    }
    people = tuple(sorted({row.person for row in inside}))
    note = NOTE.format(trained=_shares_of(inside, trained))
    return GainCalibration(
        name, sha256, people, len(inside), intercept, terms, widths, WITHIN, UNKNOWN, note
    )


def _shares_of(rows: Sequence[Row], trained: Collection[str]) -> str:
    """Such as "6 of 13 T1, 0 of 1 T2 and 3 of 4 FLAIR"."""
    people = {
        contrast: {r.person for r in rows if r.contrast == contrast} for contrast in CONTRASTS
    }
    parts = [
        f"{len(found & set(trained))} of {len(found)} {contrast}"
        for contrast, found in people.items()
        if found
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def expected_without(
    rows: Sequence[Row], judged: Sequence[Row] | None = None
) -> list[ExpectedGain]:
    """The expected gain of each row, with fit, interval and ranges from all other people.

    Args:
        rows: Of the table, which are fitted.
        judged: The rows to judge; None for those of the table.

    Returns:
        For each judged row; without numbers where it is not calibrated.
    """
    judged = rows if judged is None else judged
    people = sorted({row.person for row in judged})
    fits = {p: fitted([row for row in rows if row.person != p], "", "") for p in people}
    return [_expected(row, fits[row.person]) for row in judged]


def with_errors(calibration: GainCalibration, rows: Sequence[Row]) -> GainCalibration:
    """The calibration with its errors on people left out.

    Args:
        calibration: Of all rows.
        rows: Of the table.

    Returns:
        The calibration to ship.
    """
    pairs = [
        (row.gain, gain)
        for row, gain in zip(rows, expected_without(rows), strict=True)
        if gain.calibrated
    ]
    return replace(calibration, left_out=errors_of(pairs))


def errors_of(pairs: Sequence[tuple[float, ExpectedGain]]) -> LeftOut:
    """The errors of calibrated expected gains.

    Args:
        pairs: (true gain in dB, expected gain).

    Returns:
        The errors.
    """
    true = np.array([gain for gain, _ in pairs])
    low, middle, high = (
        np.array([getattr(expected, name) for _, expected in pairs], np.float64)
        for name in ("low", "db", "high")
    )
    errors = np.abs(middle - true)
    several = len(pairs) > 2 and middle.std() > 0 and true.std() > 0
    return LeftOut(
        round(float(errors.mean()), 3),
        round(float(errors.max()), 3),
        round(float(np.mean((low <= true) & (true <= high))), 3),
        round(float(np.mean(high - low)), 3),
        round(float(np.corrcoef(middle, true)[0, 1]), 3) if several else 0.0,
    )


def _expected(row: Row, calibration: GainCalibration) -> ExpectedGain:
    reason = row.reason or calibration.beyond(row.terms)
    if reason is not None:
        return uncalibrated(reason)
    return calibration.expected(row.terms, group_of(row.degradation))


def _regression(rows: Sequence[Row], names: Sequence[str]) -> tuple[float, tuple[Term, ...]]:
    """Ridge regression on standardised terms, each person with the same weight."""
    values = np.array([[row.terms[name] for name in names] for row in rows])
    gains = np.array([row.gain for row in rows])
    means, deviations = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    scaled = np.column_stack([np.ones(len(rows)), (values - means) / deviations])
    ridge = RIDGE * np.eye(scaled.shape[1])
    ridge[0, 0] = 0
    weights = np.linalg.solve(scaled.T @ scaled + ridge, scaled.T @ gains)
    low, high = values.min(axis=0), values.max(axis=0)
    slack = SLACK * (high - low)
    terms = tuple(
        Term(name, *(float(column[n]) for column in columns))
        for n, name in enumerate(names)
        for columns in [(weights[1:], means, deviations, low - slack, high + slack)]
    )
    return float(weights[0]), terms


def _value(row: Row, intercept: float, terms: tuple[Term, ...]) -> float:
    return intercept + sum(
        term.weight * (row.terms[term.name] - term.mean) / term.deviation for term in terms
    )
