"""The expected gain over cubic: its table, its fit and its errors on people left out.

With volumes, the rows that the table lacks are measured first (resumable: each is written at once);
then, or without volumes, the regression is fitted and its leave-one-person-out errors are printed.
With --write it goes into resources/expected_gain.json, from where the program reads it.

    python -m benchmarks.expected_gain VOLUME... --table FILE.jsonl [--model fast] [--side 96]
        [--faulty VOLUME...] [--whole VOLUME...] [--write]
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.expected_gain_fit import (
    CHOSEN,
    Row,
    errors_of,
    expected_without,
    fitted,
    left_out,
    read_row,
    with_errors,
)
from benchmarks.expected_gain_table import People, extended, rows_of
from srviewer.codec import to_plain
from srviewer.sr.models.available_models import find_model
from srviewer.sr.results.expected_gain import ExpectedGain
from srviewer.sr.trust.gain_calibration import TABLE, GainCalibration

TRIED = (
    ("self_test",),
    ("restored",),
    ("restored", "sharpness"),
    ("restored", "sharpness", "certainty", "self_test"),
    ("restored", "noise"),
    ("restored", "noise", "noise_level", "factor"),
    ("restored", "noise", "noise_level", "factor", "fineness"),
    CHOSEN,
    (*CHOSEN, "self_test"),
)
Judged = list[tuple[Row, ExpectedGain]]


def main() -> None:
    """Measure, fit, print Markdown tables, and write the fit if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="*")
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--model", default="fast")
    parser.add_argument("--side", type=int, default=96, help="only the middle, this many voxels")
    parser.add_argument("--faulty", type=Path, nargs="*", default=[], help="tried with faults too")
    parser.add_argument("--whole", type=Path, nargs="*", default=[], help="measured whole too")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    people = People(args.paths, args.faulty, args.whole)
    extended(args.table, people, args.model, args.side)
    table = [row for row in rows_of(args.table) if row["model"] == args.model]
    rows = [read_row(row) for row in table if row["side"]]
    model = find_model(args.model)
    calibration = with_errors(fitted(rows, model.name, model.sha256, model.plan.train), rows)
    _print_terms(rows, calibration)
    judged = list(zip(rows, expected_without(rows), strict=True))
    _print_errors("condition", judged, lambda row: row.condition)
    _print_errors("clean, by factor", _clean(judged), lambda row: str(row.degradation.factor))
    _print_errors("clean, by contrast", _clean(judged), lambda row: row.contrast)
    trained = set(model.plan.train)
    _print_errors("people", judged, lambda row: "trained on" if row.person in trained else "others")
    _print_errors("person", judged, lambda row: row.person)
    whole = [read_row(row) for row in table if not row["side"]]
    if whole:
        expected = expected_without(rows, whole)
        pairs = list(zip(whole, expected, strict=True))
        _print_errors("whole volume", pairs, lambda row: row.person)
    if args.write:
        _write(calibration)


def _clean(judged: Judged) -> Judged:
    return [(row, gain) for row, gain in judged if row.condition.startswith("clean")]


def _print_terms(rows: Sequence[Row], calibration: GainCalibration) -> None:
    inside = [row for row in rows if row.reason is None]
    true = np.array([row.gain for row in inside])
    people = len(calibration.people)
    print(f"{calibration.name}: {len(inside)} rows of {people} people within the range\n")
    print("| terms | mean error | worst | correlation |\n|---|---|---|---|")
    for names in TRIED:
        expected = left_out(inside, names)
        error = np.abs(expected - true)
        correlation = np.corrcoef(expected, true)[0, 1]
        cells = f"{error.mean():.2f} dB | {error.max():.2f} dB | {correlation:.2f}"
        print(f"| {_named(names)} | {cells} |")
    print("\n| term | dB for one standard deviation |\n|---|---|")
    for term in calibration.terms:
        print(f"| {term.name} | {term.weight:+.2f} |")


def _named(names: Sequence[str]) -> str:
    """The names of terms; those of the whole regression are "all"."""
    if set(CHOSEN) <= set(names):
        return ", ".join(["all", *(name for name in names if name not in CHOSEN)])
    return ", ".join(names)


def _print_errors(title: str, judged: Judged, group: Callable[[Row], str]) -> None:
    """One line for each group, with fit and interval from other people alone."""
    print(
        f"\n| {title} | rows | true gain | called calibrated | mean error | worst | "
        "within the interval | its width |\n|---|---|---|---|---|---|---|---|"
    )
    groups = sorted({group(row) for row, _ in judged})
    for name in groups:
        print(f"| {name} | {' | '.join(_cells([j for j in judged if group(j[0]) == name]))} |")
    if len(groups) > 1:
        print(f"| all | {' | '.join(_cells(judged))} |")


def _cells(judged: Judged) -> Iterable[str]:
    true = [row.gain for row, _ in judged]
    pairs = [(row.gain, gain) for row, gain in judged if gain.calibrated]
    yield str(len(judged))
    yield f"{np.mean(true):+.2f} ({min(true):+.2f} to {max(true):+.2f}) dB"
    yield f"{len(pairs) / len(judged):.0%}"
    if not pairs:
        yield from ("-", "-", "-", "-")
        return
    errors = errors_of(pairs)
    yield f"{errors.mean_error:.2f} dB"
    yield f"{errors.worst:.2f} dB"
    yield f"{errors.covered:.0%}"
    yield f"{errors.width:.2f} dB"


def _write(calibration: GainCalibration) -> None:
    table = Path(__file__).resolve().parent.parent / "resources" / TABLE
    known = json.loads(table.read_text()) if table.exists() else {"models": []}
    kept = [entry for entry in known["models"] if entry["name"] != calibration.name]
    models = [*kept, to_plain(calibration)]
    table.write_text(json.dumps({"models": models}, indent=1) + "\n")


if __name__ == "__main__":
    main()
