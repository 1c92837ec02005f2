"""Training patches of a scan's two thick planes, in turns with pairs of its sharp axes."""

from collections.abc import Sequence

import numpy as np

from srviewer.core.geometry.grid import Axis
from srviewer.core.slices.planes import cross_planes, unstack
from srviewer.core.volumes.volume import Voxels
from srviewer.nn.data.patches import prefer_foreground, random_mirror_index, random_patch_index
from srviewer.nn.data.prefetching import BatchSource, PatchBatch, generator
from srviewer.nn.data.scan_pairs import BATCH, COLUMNS, ROWS

PLANE_STREAM = 1000  # of the random generators: none of the pairs has it


class ThickPlanes:
    """Patches of the scan as inputs, and of the fused estimate as targets.

    Each plane alone is worse than the mean of both. Fitting that mean keeps the network true to the
    thick axis while it is trained on the sharp ones.

    Args:
        scan: (i, j, k) before refining, in shares of the intensity range.
        fused: The estimate, refined by ``factor`` along ``thick``, in the same unit.
        thick: The thick axis.
        factor: Thin slices for each thick one.
        neighbours: Adjacent slices on each side, k.
        seed: Of all random choices.
    """

    def __init__(
        self, scan: Voxels, fused: Voxels, thick: Axis, factor: int, neighbours: int, seed: int
    ) -> None:
        self._factor, self._depth, self._seed = factor, 2 * neighbours + 1, seed
        around = ((neighbours, neighbours), (0, 0), (0, 0))
        self._stacks = [
            (
                np.pad(unstack(scan, group.thick, group.normal), around, mode="edge"),
                unstack(fused, group.thick, group.normal),
            )
            for group in cross_planes(thick)
        ]
        sharp = [n for axis, n in enumerate(scan.shape) if axis != thick]
        self._rows, self._columns = min(ROWS, scan.shape[thick]), min(COLUMNS, *sharp)

    def draw(self, step: int) -> PatchBatch:
        """Draw the batch of a step.

        Args:
            step: The number of the step, from 0.

        Returns:
            The same batch whenever it is drawn.
        """
        streams = range(PLANE_STREAM, PLANE_STREAM + BATCH)
        patches = [self._patch(generator(self._seed, step, stream)) for stream in streams]
        inputs, targets = (np.stack(both) for both in zip(*patches, strict=True))
        return PatchBatch.of(self._factor, inputs, targets)

    def _patch(self, random: np.random.Generator) -> tuple[Voxels, Voxels]:
        """Input and target, mirrored at random, preferably not all air."""
        inputs, targets = prefer_foreground(
            lambda: self._random_patch(random), lambda pair: pair[1][0]
        )
        mirror = random_mirror_index(random)
        return inputs[mirror], targets[mirror]

    def _random_patch(self, random: np.random.Generator) -> tuple[Voxels, Voxels]:
        scan, fused = self._stacks[random.integers(len(self._stacks))]
        size = (self._depth, self._rows, self._columns)
        slab, rows, columns = random_patch_index(scan.shape, size, random)
        fine = slice(rows.start * self._factor, rows.stop * self._factor)
        # Slice n of the estimate is the middle of slices n to n + depth - 1 of the padded scan.
        return scan[slab, rows, columns], fused[slab.start : slab.start + 1, fine, columns]


class InTurns:
    """Batches of several sources, one source in each step."""

    def __init__(self, sources: Sequence[BatchSource]) -> None:
        self._sources = sources

    def draw(self, step: int) -> PatchBatch:
        """Draw the batch of a step.

        Args:
            step: The number of the step, from 0.

        Returns:
            The same batch whenever it is drawn.
        """
        return self._sources[step % len(self._sources)].draw(step)
