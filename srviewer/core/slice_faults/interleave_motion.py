"""The in-plane shift of odd slices against even ones, from motion between interleaves."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.slice_faults.stack import SliceStack, sum_of_squares
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

Shift = tuple[float, float]
Place = tuple[int, int]
Squares = npt.NDArray[np.float64]

MOST_SLICES = 12  # of each parity: enough for a hundredth of a voxel in a head
# How much the squares must rise a voxel away from their minimum, as a share of it, and in noise
# alone, over the square root of the number of voxels.
LEAST_RISE, LEAST_RISE_IN_NOISE = 0.003, 5.0
LEAST_SLICES = 3  # of each parity
FURTHEST = 6  # voxels
LEAST_SHARE = 0.25  # of the tissue of the fullest slice
LEAST_SQUARES = 1e-9  # of shares of the range: less is nothing
# A shift is known where it is so many times as large as its standard error: where most slices
# alone become more like their neighbours by it, and else.
AGREEING, IF_AGREED, ELSE = 0.65, 3.0, 4.5
# How far both ways of measuring may differ, as a share of the shift, or in voxels if that is more.
DISAGREEING, LEAST_DISAGREEING = 0.6, 0.2
NONE: Shift = (0.0, 0.0)


def odd_shift(
    stack: SliceStack, ratio: float, left_out: frozenset[int], least: float, message: str
) -> Job[Shift]:
    """Measure the in-plane shift of the odd slices (1, 3, ...) against the even ones.

    The shift of least squares between the odd slices and the mean of their even neighbours, and the
    reverse; half of their difference, so that a linear trend along the stack cancels.

    Args:
        stack: The slices of the scan.
        ratio: The intensity of odd slices over that of even ones.
        left_out: Numbers of slices that are not used.
        least: In voxels; shifts that are surely shorter need not be measured.
        message: Of the progress.

    Returns:
        A job whose result is the shift in voxels along the two array axes of the plane, in order;
        ``NONE`` where too few slices are known, the two measurements contradict each other, the
        shift is within its standard error, or it is shorter than ``least`` by one measurement
        alone: no other would give a longer shift without contradicting that.
    """
    ways: list[_Measured] = []
    for parity in (1, 0):
        centres = _centres(stack, parity, left_out)
        if len(centres) < LEAST_SLICES:
            return NONE
        way = yield from _shift(stack, centres, ratio, message)
        if way is None or np.hypot(*way.shift) < least * (1 - DISAGREEING):
            return NONE
        ways.append(way)
    forth, back = ways
    shift = (forth.shift[0] - back.shift[0]) / 2, (forth.shift[1] - back.shift[1]) / 2
    disagreement = np.hypot(forth.shift[0] + back.shift[0], forth.shift[1] + back.shift[1])
    far = float(np.hypot(*shift))
    contradict = disagreement > max(DISAGREEING * 2 * far, LEAST_DISAGREEING)
    error = np.sqrt(forth.variance + back.variance) / 2
    agreed = (forth.agreeing + back.agreeing) / 2 >= AGREEING
    return NONE if contradict or far < (IF_AGREED if agreed else ELSE) * error else shift


@dataclass(frozen=True)
class _Measured:
    """A shift with its uncertainty.

    Attributes:
        shift: In voxels along the two array axes of the plane.
        variance: Of its length in voxels, over the slices that it was measured from.
        agreeing: The share of these slices that alone become more like their neighbours by it.
    """

    shift: Shift
    variance: float
    agreeing: float


def _centres(stack: SliceStack, parity: int, left_out: frozenset[int]) -> list[int]:
    """Slices of one parity with enough tissue and both neighbours, spread over the stack."""
    areas = stack.areas
    usable = [
        number
        for number in range(2 - parity, len(areas) - 1, 2)
        if stack.measured[number - 1 : number + 2].all()
        and not left_out & {number - 1, number, number + 1}
        and areas[number - 1 : number + 2].min() > LEAST_SHARE * areas.max()
    ]
    picked = np.linspace(0, len(usable) - 1, min(len(usable), MOST_SLICES)).round()
    return [usable[int(place)] for place in picked]


def _shift(
    stack: SliceStack, centres: list[int], ratio: float, message: str
) -> Job[_Measured | None]:
    """The shift of the slices ``centres`` from the mean of their neighbours; None if unclear."""
    pairs: list[tuple[Voxels, Voxels]] = []
    for number in centres:
        scale = np.float32(ratio if number % 2 == 0 else 1 / ratio)
        around = (stack.shares(number - 1) + stack.shares(number + 1)) / 2
        pairs.append((stack.shares(number), np.asarray(around / scale, np.float32)))
        yield Progress(0.0, message)
    reach = min(FURTHEST, (min(pairs[0][0].shape) - 8) // 4)
    if reach < 1:
        return None
    known: dict[Place, Squares] = {}
    best = (0, 0)
    while True:
        for place in _around(best):
            if place not in known:
                known[place] = _squares(pairs, place, reach + 1)
                yield Progress(0.5, message)
        # Each slice counts alike: one bad one must not speak for all.
        sums = {place: float(np.sum(known[place] / known[0, 0])) for place in _around(best)}
        least = min(sums, key=sums.__getitem__)
        if least == best:
            voxels = sum(image.size for image, _ in pairs)
            shift = _refined(sums, best)
            measured = _Measured(shift, _variance(known, best), _agreeing(known, shift))
            return measured if _is_clear(sums, best, voxels) else None
        if max(map(abs, least)) > reach:
            return None
        best = least


def _around(place: Place) -> Iterable[Place]:
    return [(place[0] + i, place[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


def _squares(pairs: list[tuple[Voxels, Voxels]], shift: Place, margin: int) -> Squares:
    """The sum of squared residuals of each image, moved back by ``shift``, from its neighbours."""
    sums = []
    for image, around in pairs:
        height, width = image.shape
        i, j = margin + shift[0], margin + shift[1]
        inner = image[i : height - 2 * margin + i, j : width - 2 * margin + j]
        residual = inner - around[margin : height - margin, margin : width - margin]
        sums.append(max(sum_of_squares(residual), LEAST_SQUARES))
    return np.array(sums)


def _is_clear(sums: dict[Place, float], best: Place, voxels: int) -> bool:
    """Whether the minimum is deeper than noise makes it."""
    beside = np.mean([value for place, value in sums.items() if place != best])
    least = max(LEAST_RISE, LEAST_RISE_IN_NOISE / np.sqrt(voxels))
    return bool(beside / sums[best] - 1 > least)


def _agreeing(known: dict[Place, Squares], shift: Shift) -> float:
    """The share of slices that alone become more like their neighbours towards ``shift``."""
    way_i, way_j = np.array(shift) / max(1e-9, *np.abs(shift))
    forth = (round(way_i), round(way_j))
    return float(np.mean(known[forth] < known[-forth[0], -forth[1]]))


def _variance(known: dict[Place, Squares], best: Place) -> float:
    """The variance of the length of the shift, by the jackknife over the slices."""
    count = len(known[best])
    shifts = []
    for number in range(count):
        kept = {
            place: float(np.sum(np.delete(known[place] / known[0, 0], number)))
            for place in _around(best)
        }
        shifts.append(_refined(kept, best))
    return float((count - 1) * np.var(shifts, axis=0).sum())


def _refined(sums: dict[Place, float], best: Place) -> Shift:
    """The minimum of the paraboloid through the 3 x 3 shifts around ``best``."""
    i, j = best
    values: npt.NDArray[np.float64] = np.array(
        [[sums[i + a, j + b] for b in (-1, 0, 1)] for a in (-1, 0, 1)]
    )
    slope_i, slope_j = (values[2, 1] - values[0, 1]) / 2, (values[1, 2] - values[1, 0]) / 2
    bend_i = values[2, 1] - 2 * values[1, 1] + values[0, 1]
    bend_j = values[1, 2] - 2 * values[1, 1] + values[1, 0]
    twist = (values[2, 2] - values[2, 0] - values[0, 2] + values[0, 0]) / 4
    bends = np.array([[bend_i, twist], [twist, bend_j]])
    if np.linalg.det(bends) <= 1e-9 * bends[0, 0] * bends[1, 1]:
        return float(i), float(j)
    step = np.clip(-np.linalg.solve(bends, [slope_i, slope_j]), -1, 1)
    return float(i + step[0]), float(j + step[1])
