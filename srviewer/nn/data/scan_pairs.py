"""Training pairs of one scan: its first estimate, degraded along the axes that are sharp."""

from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import OF_SHARES
from srviewer.core.slices.planes import TRAINING_GROUPS, TrainingGroup, unstack
from srviewer.core.volumes.volume import Voxels
from srviewer.nn.data.patches import prefer_foreground, random_mirror_index, random_patch_index
from srviewer.nn.data.prefetching import BATCH_STREAM, PatchBatch, generator

ROWS, COLUMNS, BATCH = 20, 40, 16  # of a patch, before it is refined; patches in a step
LEAST_ROWS = 4
HELD_OUT_SHARE = 6  # one slice of so many is held out, as one slab in the middle
MOST_HELD_OUT = 4  # slices scored along each sharp axis
HELD_OUT_SIDE = 128  # fine pixels along a scored slice
HELD_OUT_FOREGROUND = 0.05  # least share of a scored slice


@dataclass(frozen=True, eq=False)
class ScanPair:
    """A pair of one slice, in shares of the intensity range.

    Attributes:
        factor: The factor between the two.
        inputs: (2k + 1, h, w) input.
        target: (h * factor, w) target.
    """

    factor: int
    inputs: Voxels
    target: Voxels


class ScanPairs:
    """Patches of an estimate, the same ones for the same seed and step.

    The middle slices across the thick axis are held out: ``held_out`` returns them for scoring.

    Args:
        thin: (i, j, k) the estimate, in shares of the intensity range.
        degradation: The acquisition of the scan, along its thick axis.
        factors: Those that the network is run with.
        neighbours: Adjacent slices on each side, k.
        seed: Of all random choices.

    Raises:
        ValueError: The estimate is too small.
    """

    def __init__(
        self,
        thin: Voxels,
        degradation: Degradation,
        factors: tuple[int, ...],
        neighbours: int,
        seed: int,
    ) -> None:
        self._factors, self._neighbours, self._seed = factors, neighbours, seed
        self._degradation = degradation
        thick = degradation.axis
        count = thin.shape[thick]
        start = (count - count // HELD_OUT_SHARE) // 2
        stop = start + count // HELD_OUT_SHARE
        rows = np.moveaxis(thin, thick, 0)
        self._parts = [np.moveaxis(part, 0, thick) for part in (rows[:start], rows[stop:])]
        self._held = np.moveaxis(rows[start:stop], 0, thick)
        self._groups = [group for group in TRAINING_GROUPS if group.thick != thick]
        sharp = [thin.shape[axis] for axis in range(3) if axis != thick]
        self._rows = min(ROWS, *(n // max(factors) - 2 * self._margin(max(factors)) for n in sharp))
        self._columns = min(COLUMNS, start, *sharp)
        if self._rows < LEAST_ROWS or self._columns <= 2 * neighbours or start == stop:
            raise ValueError("the estimate is too small to learn from")

    def draw(self, step: int) -> PatchBatch:
        """Draw the batch of a step: one factor, and one sharp axis in each patch.

        Args:
            step: The number of the step, from 0.

        Returns:
            The same batch whenever it is drawn.
        """
        random = generator(self._seed, step, BATCH_STREAM)
        factor = int(random.choice(self._factors))
        margin = self._margin(factor)
        size = (2 * self._neighbours + 1, factor * (self._rows + 2 * margin), self._columns)
        slabs = np.empty((BATCH, *size), np.float32)
        for number, slab in enumerate(slabs):
            slab[:] = self._patch(size, generator(self._seed, step, number + 1))
        along = self._along(1, factor)
        thick = along.apply(slabs.reshape(-1, *size[1:]))[:, margin : margin + self._rows]
        thick = thick.reshape(BATCH, size[0], self._rows, self._columns)
        inner = slice(factor * margin, factor * (margin + self._rows))
        middle = self._neighbours
        return PatchBatch.of(factor, thick, slabs[:, middle : middle + 1, inner])

    def held_out(self) -> list[ScanPair]:
        """Pairs of the held-out slices across the thick axis, along both sharp ones."""
        factor, thick = max(self._factors), self._degradation.axis
        pairs = []
        for group in (group for group in self._groups if group.normal == thick):
            stack = unstack(self._held, group.thick, group.normal)
            reach = self._neighbours
            padded = np.pad(stack, ((reach, reach), (0, 0), (0, 0)), mode="edge")
            for number in _spread(len(stack), MOST_HELD_OUT):
                slab = _central(padded[number : number + 2 * reach + 1], factor)
                pairs.append(self._pair(slab, factor))
        return [
            pair
            for pair in pairs
            if OF_SHARES.foreground(pair.target).mean() >= HELD_OUT_FOREGROUND
        ]

    def _pair(self, slab: Voxels, factor: int) -> ScanPair:
        target = np.ascontiguousarray(slab[self._neighbours])
        return ScanPair(factor, self._along(1, factor).apply(slab), target)

    def _along(self, axis: Axis, factor: int) -> Degradation:
        """The scan's acquisition along an axis; of one pass among several, a plain mean."""
        whole = self._degradation
        if factor != whole.factor:
            return Degradation(axis, factor)
        return replace(whole, axis=axis)

    def _margin(self, factor: int) -> int:
        """Thick rows by which the profile reads beyond the patch."""
        first, _ = self._along(1, factor).weights()
        return -(first // factor)

    def _patch(self, size: tuple[int, int, int], random: np.random.Generator) -> Voxels:
        """A patch of the estimate, mirrored at random, preferably not all air."""
        patch = prefer_foreground(
            lambda: self._random_patch(size, random), lambda patch: patch[self._neighbours]
        )
        return patch[random_mirror_index(random)]

    def _random_patch(self, size: tuple[int, int, int], random: np.random.Generator) -> Voxels:
        part = self._parts[random.integers(len(self._parts))]
        group: TrainingGroup = self._groups[random.integers(len(self._groups))]
        stack = unstack(part, group.thick, group.normal)
        return stack[random_patch_index(stack.shape, size, random)]


def _spread(count: int, most: int) -> list[int]:
    """At most ``most`` of ``count`` numbers, evenly taken."""
    return sorted({round(n) for n in np.linspace(0, count - 1, min(count, most))})


def _central(slab: Voxels, factor: int) -> Voxels:
    """The middle of (2k+1, rows, columns); rows a multiple of ``factor``."""
    _, rows, columns = slab.shape
    height = min(rows, HELD_OUT_SIDE) // factor * factor
    width = min(columns, HELD_OUT_SIDE)
    top, left = (rows - height) // 2, (columns - width) // 2
    return slab[:, top : top + height, left : left + width]
