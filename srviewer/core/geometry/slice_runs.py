"""Slices that lie unevenly or are missing: where they truly lie, and the regular runs of them."""

from dataclasses import dataclass

from srviewer.core.geometry.grid import Axis, Geometry

# How far the distance of two slices may be from that of the others of a run, as a share of it.
TOLERANCE = 0.05


@dataclass(frozen=True)
class Planes:
    """Where the planes of a grid lie that is not what was measured.

    ``axis``: the array axis across the planes. ``places_mm``: for each plane its distance from the
    first along the slices' normal, in mm, rising; None for a plane without a slice.
    """

    axis: Axis
    places_mm: tuple[float | None, ...]


@dataclass(frozen=True)
class Run:
    """Planes ``start`` .. ``stop - 1`` that are ``step_mm`` apart, the first at ``first_mm``."""

    start: int
    stop: int
    first_mm: float
    step_mm: float

    @property
    def count(self) -> int:
        """How many slices."""
        return self.stop - self.start

    @property
    def covered(self) -> tuple[float, float]:
        """The outer edges of the first and the last slice, in mm from the first plane."""
        last = self.first_mm + (self.count - 1) * self.step_mm
        return self.first_mm - self.step_mm / 2, last + self.step_mm / 2

    def geometry(self, grid: Geometry, axis: Axis) -> Geometry:
        """The grid of these slices alone, where they truly lie."""
        column = grid.affine[:3, axis] / grid.distance(axis)
        affine = grid.affine.copy()
        affine[:3, axis] = column * self.step_mm
        affine[:3, 3] += column * self.first_mm
        shape = list(grid.shape)
        shape[axis] = self.count
        return Geometry((shape[0], shape[1], shape[2]), affine)


def runs(planes: Planes) -> tuple[Run, ...]:
    """The slices in order, cut wherever the distance to the next one changes.

    A slice on its own has the middle of the other runs' steps.
    """
    found: list[list[tuple[int, float]]] = []
    for number, place in enumerate(planes.places_mm):
        if place is None:
            continue
        if found and _continues(found[-1], number, place):
            found[-1].append((number, place))
        else:
            found.append([(number, place)])
    steps = sorted(_step(members) for members in found if len(members) > 1)
    usual = steps[len(steps) // 2] if steps else 1.0
    return tuple(
        Run(members[0][0], members[-1][0] + 1, members[0][1], _step(members) or usual)
        for members in found
    )


def longest(found: tuple[Run, ...]) -> Run:
    """The run of most slices; of several, the one that covers most."""
    return max(found, key=lambda run: (run.count, run.step_mm))


def _continues(members: list[tuple[int, float]], number: int, place: float) -> bool:
    last, before = members[-1]
    if number != last + 1:
        return False
    if len(members) == 1:
        return True
    step = _step(members)
    return abs(place - before - step) <= TOLERANCE * step


def _step(members: list[tuple[int, float]]) -> float:
    return (members[-1][1] - members[0][1]) / max(1, len(members) - 1)
