"""Uneven or missing slices: their true positions, and the regular runs of them."""

from dataclasses import dataclass

from srviewer.core.geometry.grid import Axis, Geometry

# How far the distance of two slices may be from that of the others of a run, as a share of it.
TOLERANCE = 0.05


@dataclass(frozen=True)
class Planes:
    """The true positions of slices whose grid is not what was measured.

    Attributes:
        axis: The array axis across the planes.
        places_mm: For each plane its distance from the first along the slices' normal, in mm,
            rising; None for a plane without a slice.
    """

    axis: Axis
    places_mm: tuple[float | None, ...]


@dataclass(frozen=True)
class SliceRun:
    """A run: slices that follow each other at one distance.

    Attributes:
        start: The number of the first plane.
        stop: The number after the last plane.
        first_mm: The position of the first, in mm along the normal from plane 0.
        step_mm: The distance of neighbours in mm.
    """

    start: int
    stop: int
    first_mm: float
    step_mm: float

    @property
    def count(self) -> int:
        """The number of slices."""
        return self.stop - self.start

    @property
    def covered(self) -> tuple[float, float]:
        """The outer edges of the first and the last slice, in mm from the first plane."""
        last = self.first_mm + (self.count - 1) * self.step_mm
        return self.first_mm - self.step_mm / 2, last + self.step_mm / 2

    def geometry(self, grid: Geometry, axis: Axis) -> Geometry:
        """The grid of these slices alone, at their true positions.

        Args:
            grid: The grid of the whole stack.
            axis: The array axis across the slices, 0..2.

        Returns:
            A grid of ``count`` planes, ``step_mm`` from each other.
        """
        column = grid.affine[:3, axis] / grid.distance(axis)
        affine = grid.affine.copy()
        affine[:3, axis] = column * self.step_mm
        affine[:3, 3] += column * self.first_mm
        shape = list(grid.shape)
        shape[axis] = self.count
        return Geometry((shape[0], shape[1], shape[2]), affine)


def runs(planes: Planes) -> tuple[SliceRun, ...]:
    """The slices in order, cut wherever the distance to the next one changes.

    Args:
        planes: The true positions of the slices.

    Returns:
        The runs in order. A slice on its own has the middle of the other runs' steps.
    """
    groups: list[list[tuple[int, float]]] = []
    for number, position_mm in enumerate(planes.places_mm):
        if position_mm is None:
            continue
        if groups and _continues(groups[-1], number, position_mm):
            groups[-1].append((number, position_mm))
        else:
            groups.append([(number, position_mm)])
    steps = sorted(_step(members) for members in groups if len(members) > 1)
    usual = steps[len(steps) // 2] if steps else 1.0
    return tuple(
        SliceRun(members[0][0], members[-1][0] + 1, members[0][1], _step(members) or usual)
        for members in groups
    )


def longest(slice_runs: tuple[SliceRun, ...]) -> SliceRun:
    """The run of most slices; of several, the one that covers most.

    Args:
        slice_runs: At least one run.

    Returns:
        One of them.
    """
    return max(slice_runs, key=lambda run: (run.count, run.step_mm))


def _continues(members: list[tuple[int, float]], number: int, position_mm: float) -> bool:
    last, before = members[-1]
    if number != last + 1:
        return False
    if len(members) == 1:
        return True
    step = _step(members)
    return abs(position_mm - before - step) <= TOLERANCE * step


def _step(members: list[tuple[int, float]]) -> float:
    return (members[-1][1] - members[0][1]) / max(1, len(members) - 1)
