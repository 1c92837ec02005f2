"""Results and coverage of stacks on the grid on which they are joined, found once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.spline import whole_shift
from srviewer.core.stacks.coverage import coverage
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job


@dataclass(frozen=True, eq=False)
class OnLattice:
    """The results and the coverage of stacks on one grid, kept for whoever asks again.

    Attributes:
        stacks: All stacks, placed and in the unit of the reference.
        grid: The grid on which they are joined.
    """

    stacks: Sequence[PlacedStack]
    grid: Geometry
    _results: dict[int, Voxels] = field(default_factory=dict)
    _coverages: dict[int, Voxels] = field(default_factory=dict)

    def result(self, number: int) -> Job[Voxels]:
        """The own result of a stack.

        Args:
            number: Of the stack.

        Returns:
            A job with (i, j, k) voxels, which are not to be changed; outside of the stack they mean
            nothing.
        """
        if number not in self._results:
            self._results[number] = yield from self.stacks[number].result_on(self.grid)
        return self._results[number]

    def coverage(self, number: int) -> Job[Voxels]:
        """The depth of the voxels inside the field of view of a stack.

        Args:
            number: Of the stack.

        Returns:
            A job with (i, j, k) as of ``coverage``, which are not to be changed.
        """
        if number not in self._coverages:
            stack = self.stacks[number]
            job = coverage(stack.placed, stack.padded, self.grid, stack.degradation.axis)
            self._coverages[number] = yield from job
        return self._coverages[number]

    def is_of(self, number: int) -> bool:
        """Whether the grid is the refined one of a stack.

        Args:
            number: Of the stack.

        Returns:
            True where all voxels are the same.
        """
        thin = self.stacks[number].thin
        return thin.shape == self.grid.shape and whole_shift(thin, self.grid) == (0, 0, 0)
