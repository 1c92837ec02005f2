"""What a repeat of the same slices shares with a stack, and what a true volume would not.

    python -m benchmarks.shared_errors STACK... [--half MM]

For each stack that has a repeat among the others: how well the repeat alone predicts it, how well
the best weighted mean of all others could, with weights fitted to that very stack, and, from low
frequencies alone that all stacks have measured, how large the errors of stack and repeat are.

The error of a stack itself is the part that two stacks of two other planes both miss, which have
no error in common (triple collocation, Stoffelen 1998): with its power S, h = S_ab S_ac / (S_bc S)
is the part that a volume without errors would predict. Gains are free. Last, each set of three
others with a pair of repeats in it, and without a repeat of the stack, predicts it, the repeats
with less weight each: the best weight is 1 / (1 + what they share of their squared errors).
"""

import argparse
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from benchmarks.join_stacks import around
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.coherence import _faded, _fading
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.stacks.contributions import matched_stacks
from srviewer.sr.stacks.placing import places
from srviewer.sr.stacks.repeats import repeats_of
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.stacks.singles import single_results

LIMITS = (
    0.0,
    0.02,
    0.04,
    0.06,
    0.09,
    0.12,
)  # cycles per mm: slices of 3.3 mm measure beyond it in their own plane alone
WEIGHTS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
Spectrum = npt.NDArray[np.complexfloating]


@dataclass(frozen=True, eq=False)
class Left:
    """A stack and what each other stack alone predicts for it.

    Attributes:
        measured: (i, j, k).
        scored: (i, j, k), what all others reach of its foreground.
        predictions: (i, j, k) by the number of each other stack.
        repeats: The numbers of its repeats.
        data_range: The intensity range of the reference.
        across: The axis across its slices.
        spacing: Of its voxels, mm.
    """

    measured: Voxels
    scored: Mask
    predictions: dict[int, Voxels]
    repeats: tuple[int, ...]
    data_range: float
    across: int
    spacing: tuple[float, ...]

    def decibels(self, prediction: Voxels) -> float:
        """PSNR of a prediction."""
        square = np.mean((self.measured - prediction)[self.scored] ** 2, dtype=np.float64)
        return float(10 * np.log10(self.data_range**2 / square))


def main() -> None:
    """Print a row for each stack, and one for each weight of repeats."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", type=Path, nargs="+")
    parser.add_argument("--half", type=float, help="only this far from the middle, mm")
    args = parser.parse_args()
    stacks = [run(read(path)) for path in args.stacks]
    if args.half is not None:
        centre = stacks[0].geometry.centre
        stacks = [around(stack, centre, args.half) for stack in stacks]
    rows = lefts(stacks)
    print("| left out | repeat | best weighted mean | weight of the repeat | low frequencies: error"
          " of the repeat, % | of a true volume, % | gain of that, dB |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    gains = []
    for stack, row in zip(stacks, rows, strict=True):
        for repeat in row.repeats:
            best, weight = best_mean(row, repeat)
            shared, true = low_errors(row, repeat, rows)
            gains.append(10 * np.log10(shared / true))
            print(f"| {stack.name} | {row.decibels(row.predictions[repeat]):.2f} | {best:.2f} | "
                  f"{weight:.2f} | {shared:.1f} | {true:.1f} | {gains[-1]:+.1f} |")  # fmt: skip
    print(f"mean gain of a true volume over a repeat {np.mean(gains):+.1f} dB")
    for weight in WEIGHTS:
        found = unbalanced(rows, weight)
        print(f"repeats with a weight of {weight:.1f} each: {np.mean(found):.3f} dB", end="")
        print(f", mean of {len(found)}")


def lefts(stacks: list[Volume]) -> list[Left]:
    """Each stack with the predictions of all others, placed as they are joined."""
    singles = run(single_results(stacks, JoinRequest()))
    found = run(places(singles, 0, True))
    placed = [matched.stack for matched in run(matched_stacks(singles, found, 0))]
    rows = []
    for number, (stack, single) in enumerate(zip(placed, singles, strict=True)):
        others = {n: other for n, other in enumerate(placed) if n != number}
        held = [stack.held(other.placed) for other in others.values()]
        scored = np.logical_and.reduce(held)
        scored &= single.intensity.foreground(single.scan.voxels)
        rows.append(
            Left(
                measured=stack.measured,
                scored=scored,
                predictions={n: predicted(stack, other) for n, other in others.items()},
                repeats=repeats_of(number, placed),
                data_range=singles[0].intensity.range,
                across=stack.degradation.axis,
                spacing=stack.grid.spacing,
            )
        )
    return rows


def predicted(stack: PlacedStack, other: PlacedStack) -> Voxels:
    """A stack as it would be measured of the result of another."""
    return stack.degradation.apply(run(other.result_on(stack.thin)))


def best_mean(row: Left, repeat: int) -> tuple[float, float]:
    """PSNR of the best sum of all others with weights of 0 or more, and the repeat's weight."""
    numbers = list(row.predictions)
    columns = np.stack([row.predictions[n][row.scored] for n in numbers], 1).astype(np.float64)
    weights, _ = nnls(columns, row.measured[row.scored].astype(np.float64))
    total = sum(w * row.predictions[n] for w, n in zip(weights, numbers, strict=True))
    return row.decibels(np.asarray(total)), float(weights[numbers.index(repeat)] / weights.sum())


def low_errors(row: Left, repeat: int, rows: list[Left]) -> tuple[float, float]:
    """Squared errors of the repeat and of a true volume, in percent of the power of the stack."""
    first, *others = (n for n in row.predictions if n not in row.repeats)
    alike = {first, *rows[first].repeats}
    planes = [first, *(n for n in others if n in alike)], [n for n in others if n not in alike]
    measured = bands(row, row.measured)
    known = {n: bands(row, values) for n, values in row.predictions.items()}
    shared = true = 0.0
    whole = sum(_together(values, values) for values in measured)
    for band, values in enumerate(measured):
        power = _together(values, values)
        error = values - known[repeat][band]
        shared += _together(error, error)
        parts = [
            _together(values, known[a][band])
            * _together(values, known[b][band])
            / (_together(known[a][band], known[b][band]) * power)
            for a, b in product(*planes)
        ]
        true += power * float(np.mean([1 - min(1.0, part) for part in parts]))
    return 100 * shared / whole, 100 * true / whole


def bands(row: Left, voxels: Voxels) -> list[Spectrum]:
    """The Fourier coefficients within the slices of the scored part, band by band."""
    fading = _fading(np.moveaxis(row.scored, row.across, 0))
    faded = _faded(np.moveaxis(voxels, row.across, 0), fading)
    spectrum = np.fft.rfft2(faded, axes=(1, 2))
    first, second = (mm for axis, mm in enumerate(row.spacing) if axis != row.across)
    height, width = fading.shape[1:]
    along, beside = np.fft.fftfreq(height, first)[:, None], np.fft.rfftfreq(width, second)[None]
    per_mm = np.hypot(along, beside)
    return [spectrum[:, (per_mm >= low) & (per_mm < high)] for low, high in pairwise(LIMITS)]


def _together(one: Spectrum, other: Spectrum) -> float:
    return float(np.sum((one * other.conj()).real, dtype=np.float64))


def unbalanced(rows: list[Left], weight: float) -> list[float]:
    """PSNR of the mean of three others, two of them repeats of each other, none of the stack."""
    found = []
    for row in rows:
        others = [n for n in row.predictions if n not in row.repeats]
        for three in combinations(others, 3):
            repeated = [bool(set(rows[n].repeats) & set(three)) for n in three]
            if sum(repeated) == 2:
                weights = [weight if each else 1.0 for each in repeated]
                total = sum(w * row.predictions[n] for w, n in zip(weights, three, strict=True))
                found.append(row.decibels(np.asarray(total / sum(weights))))
    return found


if __name__ == "__main__":
    main()
