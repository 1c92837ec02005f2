"""Single slices that are dark, bright, a repeat of the next, or unlike both of their neighbours."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from srviewer.core.scores.metrics import Mask
from srviewer.core.slice_faults.stack import (
    SliceStack,
    block_means,
    sum_of_squares,
    sum_within,
)
from srviewer.core.volumes.volume import Voxels

Kind = Literal["dark", "bright", "repeated", "unlike"]

# Over each of two neighbours. Of the clean scans that were measured the least is 0.66 (10 mm from
# between the hemispheres) and the largest 1.21.
DARK, BRIGHT = 0.62, 1.45
DARK_END, BRIGHT_END = 0.5, 1.8
LEAST_AREA = 0.25  # of the fullest slice: smaller ones change too fast
LEAST_COMMON = 0.3  # of the fullest slice, that is tissue in both neighbours
TAPERING = 0.95  # the area of a slice over that of the one before: where less, the image ends
# The distance to the next slice, over that of slices nearby. Of clean scans the least is 0.2.
REPEATED = 0.03
# The distance from the mean of both neighbours, over that of slices nearby: clean up to 1.17.
UNLIKE = 1.35
UNLIKE_END = 2.0  # from the only neighbour, over that of slices nearby
# The share of the blocks that are dark in a slice but not beside it: clean up to 0.1.
PARTLY_DARK, DARK_BLOCK, BLOCK = 0.2, 0.4, 8
LEAST_SLICES = 5
MOST_SHARE = 0.2  # of the slices: more are no exceptions
FLOOR_SHARE = 0.1  # of the usual distance, added to that of slices nearby
SMALLEST = 1e-6  # of the energy of a slice: a distance that is none
NEAR = 3  # slices


@dataclass(frozen=True)
class BadSlice:
    """A slice that is no image of the anatomy between its neighbours.

    Attributes:
        number: Along the slice axis, from 0.
        kind: In which way it is bad.
    """

    number: int
    kind: Kind


def bad_slices(stack: SliceStack, ratio: float) -> tuple[BadSlice, ...]:
    """Detect the slices that are no image of the anatomy between their neighbours.

    Args:
        stack: The slices of the scan.
        ratio: The intensity of odd slices (1, 3, ...) over that of even ones, which is divided
            out first; 1 for none.

    Returns:
        The bad slices in order of their numbers; none in a stack of fewer than ``LEAST_SLICES``,
        or where so many differ that they are no exceptions.
    """
    images = stack.small.copy()
    images[1::2] /= np.float32(ratio)
    search = _Search(_Slices(images, stack.tissue, stack.areas), stack.held.tolist())
    if len(search.order) < LEAST_SLICES:
        return ()
    kinds: dict[int, Kind] = dict.fromkeys(_empty_ends(search, stack), "dark")
    for look in (_repeated, _dark_or_bright):
        kinds |= {n: kind for n, kind in look(search) if n not in kinds}
        search = search.without(kinds)
        if len(search.order) < LEAST_SLICES:  # so many differ that they are no exceptions
            return ()
    # Beside empty planes the image ends, and the last slice may hold but a part of it.
    outermost = set(np.flatnonzero(stack.measured)[[0, -1]].tolist())
    kinds |= {n: kind for n, kind in _ends(search) if n in outermost and n not in kinds}
    search = search.without(kinds)
    most = max(1, int(MOST_SHARE * len(search.order)))
    alone: dict[int, Kind] = {}
    while len(alone) <= most and (number := _most_unlike(search)) is not None:
        alone[number] = "unlike"
        search = search.without(alone)
    if len(alone) <= most:
        kinds |= alone
    if len(kinds) > max(2, 2 * most):
        return ()
    return tuple(BadSlice(number, kinds[number]) for number in sorted(kinds))


class _Slices:
    """The slices with what is measured of them, each once.

    Args:
        images: (n, h, w), as in ``SliceStack.small``.
        tissue: (n, h, w).
        areas: (n,), the voxels of tissue.
    """

    def __init__(self, images: Voxels, tissue: Mask, areas: npt.NDArray[np.int_]) -> None:
        self.images, self.tissue, self.areas = images, tissue, areas
        self.blocks = block_means(images, min(BLOCK, *images.shape[1:]))
        self.energy = sum_of_squares(images) / len(images)
        self._distances: dict[tuple[int, int], float] = {}

    def distance(self, first: int, second: int) -> float:
        """The sum of squared differences of two images."""
        pair = (first, second)
        if pair not in self._distances:
            self._distances[pair] = sum_of_squares(self.images[first] - self.images[second])
        return self._distances[pair]

    def sum(self, number: int, common: Mask) -> float:
        """The sum of the voxels of a slice within ``common``."""
        return sum_within(self.images[number], common)


@dataclass(frozen=True, eq=False)
class _Search:
    """The slices that are not known to be bad.

    Attributes:
        slices: All slices.
        order: The numbers of the slices that are still checked, ascending.
    """

    slices: _Slices
    order: list[int]

    def without(self, numbers: Iterable[int]) -> "_Search":
        dropped = set(numbers)
        return _Search(self.slices, [n for n in self.order if n not in dropped])

    @cached_property
    def steps(self) -> npt.NDArray[np.float64]:
        """The distance of each slice in order from the one after it."""
        pairs = zip(self.order, self.order[1:], strict=False)
        return np.array([self.slices.distance(*pair) for pair in pairs])

    @cached_property
    def fullest(self) -> float:
        """The tissue of the fullest slice that is still checked."""
        return float(self.slices.areas[self.order].max())

    def is_full(self, *numbers: int) -> bool:
        """Whether all of these hold enough tissue to be checked."""
        return all(self.slices.areas[n] >= LEAST_AREA * self.fullest for n in numbers)


NumberedKinds = Iterable[tuple[int, Kind]]


def _repeated(search: _Search) -> NumberedKinds:
    """Slices that repeat a neighbour: of the two, the slice that fits less to the next."""
    steps, order = search.steps, search.order
    usual = float(np.median(steps)) if len(steps) else 0.0
    if usual <= SMALLEST * search.slices.energy:
        return
    for place, step in enumerate(steps):
        near = np.delete(steps[max(0, place - NEAR) : place + NEAR + 1], min(place, NEAR))
        if not len(near) or step > REPEATED * min(float(np.median(near)), usual):
            continue
        first, second = order[place], order[place + 1]
        if search.is_full(first, second):
            before = steps[place - 1] if place else np.inf
            after = steps[place + 1] if place + 1 < len(steps) else np.inf
            first_is = before > after if place and place + 1 < len(steps) else not place
            yield first if first_is else second, "repeated"


def _dark_or_bright(search: _Search) -> NumberedKinds:
    """Up to two adjacent slices that are both dark or both bright against their neighbours."""
    slices, order = search.slices, search.order
    for many in (1, 2):
        for place in range(1, len(order) - many):
            before, after = order[place - 1], order[place + many]
            common = slices.tissue[before] & slices.tissue[after]
            if np.count_nonzero(common) < LEAST_COMMON * search.fullest:
                continue
            beside = [max(slices.sum(number, common), 1e-9) for number in (before, after)]
            kinds = {
                _brightness(slices.sum(number, common), beside)
                or ("dark" if _partly_dark(slices.blocks, number, before, after) else None)
                for number in order[place : place + many]
            }
            if len(kinds) == 1 and (kind := kinds.pop()) is not None:
                yield from ((number, kind) for number in order[place : place + many])


def _brightness(inside: float, beside: list[float]) -> Kind | None:
    if inside < DARK * min(beside):
        return "dark"
    return "bright" if inside > BRIGHT * max(beside) else None


def _partly_dark(blocks: Voxels, number: int, before: int, after: int) -> bool:
    beside = np.minimum(blocks[before], blocks[after])
    held = beside > DARK_BLOCK / 4
    dark = held & (blocks[number] < DARK_BLOCK * beside)
    return bool(np.count_nonzero(dark) > PARTLY_DARK * np.count_nonzero(held))


def _ends(search: _Search) -> NumberedKinds:
    """The first and the last slice, which have neighbours on one side alone."""
    slices, steps = search.slices, search.steps
    for ordered, along in ((search.order, steps), (search.order[::-1], steps[::-1])):
        end, *inner = ordered[:3]
        if not search.is_full(*inner) or _tapers(search, inner):
            continue
        common = slices.tissue[inner[0]] & slices.tissue[inner[1]]
        ratio = slices.sum(end, common) / max(slices.sum(inner[0], common), 1e-9)
        if ratio < DARK_END:
            yield end, "dark"
        elif ratio > BRIGHT_END:
            yield end, "bright"
        elif along[0] > UNLIKE_END**2 * max(np.median(along[1 : 1 + NEAR]), np.median(along)):
            yield end, "unlike"


def _empty_ends(search: _Search, stack: SliceStack) -> Iterable[int]:
    """The first or the last slice, where only that slice is empty and the next two are full."""
    first, last = np.flatnonzero(stack.measured)[[0, -1]]
    order = search.order
    for end, beside in ((first, order[:2]), (last, order[:-3:-1])):
        if abs(end - beside[0]) == 1 and search.is_full(*beside) and not _tapers(search, beside):
            yield int(end)


def _tapers(search: _Search, inner: list[int]) -> bool:
    """Whether the two slices beside an end become so much smaller that none may follow."""
    near, far = (search.slices.areas[number] for number in inner)
    return bool(near < TAPERING * far)


def _most_unlike(search: _Search) -> int | None:
    """The slice that differs most from the interpolation of its neighbours; None if all fit."""
    slices, order, steps = search.slices, np.array(search.order), search.steps
    if len(order) < LEAST_SLICES:
        return None
    pairs = zip(search.order, search.order[2:], strict=False)
    across = np.array([slices.distance(*pair) for pair in pairs])
    share = (order[1:-1] - order[:-2]) / (order[2:] - order[:-2])
    # Of each slice from ``(1 - share) * before + share * after``, by the three distances.
    residual = (1 - share) * steps[:-1] + share * steps[1:] - share * (1 - share) * across
    floor = FLOOR_SHARE * float(np.median(steps)) + SMALLEST * slices.energy
    scores = np.sqrt(np.maximum(0.0, residual) / (_usual_nearby(steps, across) + floor))
    worst = int(scores.argmax())
    return search.order[worst + 1] if scores[worst] > UNLIKE else None


def _usual_nearby(
    steps: npt.NDArray[np.float64], across: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Take the median distance near each slice but the first and the last.

    Args:
        steps: (n - 1,) distances of each slice from the next.
        across: (n - 2,) distances between both neighbours of a slice.

    Returns:
        (n - 2,): of ``across`` and of up to two steps on either side that do not touch the slice.
    """
    absent = np.full(NEAR - 1, np.inf)
    padded = np.concatenate((absent, steps, absent))
    count = len(across)
    beside = [padded[start : start + count] for start in range(NEAR - 1)]
    beside += [padded[start : start + count] for start in range(NEAR + 1, 2 * NEAR)]
    near: npt.NDArray[np.float64] = np.sort([across, *beside], axis=0)
    known = np.isfinite(near).sum(axis=0)
    middle = np.arange(count)
    return np.asarray((near[(known - 1) // 2, middle] + near[known // 2, middle]) / 2)
