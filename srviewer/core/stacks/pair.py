"""Two stacks that predict each other, as a function of the motion between them."""

from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.stacks.intensity_match import IntensityMatch, Values, intensity_match
from srviewer.core.stacks.probes import Probes
from srviewer.core.stacks.rigid import inverse
from srviewer.core.volumes.volume import Voxels

SLIDING_MM = 2.0  # probes keep so far from the edges that a motion does not push them out


@dataclass(frozen=True, eq=False)
class Side:
    """One stack of a pair.

    Attributes:
        probes: Its chosen voxels.
        source: (i, j, k) of its own result: voxels for order 1, weights of B-splines for 3.
        thin: The grid of its result, by its header.
        order: Of the interpolation.
    """

    probes: Probes
    source: Voxels
    thin: Geometry
    order: int


@dataclass(frozen=True, eq=False)
class Fit:
    """The predictions of two stacks of each other with a motion between them.

    Attributes:
        match: From the unit of the second to that of the first.
        residuals: Per direction (n,), prediction minus measurement in the unit of the first: of the
            first by the second, and of the second by the first.
        correlations: Of prediction and measurement in each direction.
    """

    match: IntensityMatch
    residuals: tuple[Values, Values]
    correlations: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Pair:
    """Two stacks with one fixed set of voxels of each.

    Attributes:
        first: The stack that stays.
        second: The stack that is moved.
    """

    first: Side
    second: Side

    def within(self, *motions: Matrix) -> "Pair":
        """The same pair with those voxels alone that the other stack covers.

        Args:
            motions: (4, 4) RAS+ mm each, from the header of the second to that of the first; the
                voxels are covered with all of them.

        Returns:
            The pair.
        """
        first, second = self.first, self.second
        of_first = np.ones(len(first.probes.points), bool)
        of_second = np.ones(len(second.probes.points), bool)
        for motion in motions:
            there, back = _to_index(first, motion), _to_index(second, inverse(motion))
            of_first &= first.probes.inside(second.thin.shape, back, _margin(second.thin))
            of_second &= second.probes.inside(first.thin.shape, there, _margin(first.thin))
        return Pair(
            replace(first, probes=first.probes.chosen(of_first).at_most()),
            replace(second, probes=second.probes.chosen(of_second).at_most()),
        )

    @property
    def size(self) -> int:
        """The number of voxels in the direction that has fewer."""
        return min(len(self.first.probes.points), len(self.second.probes.points))

    @property
    def voxels(self) -> float:
        """The voxels of both directions, ``APART_MM`` from each other, that are stood for."""
        sides = (self.first.probes, self.second.probes)
        return sum(len(probes.points) * probes.standing for probes in sides)

    def predictions(self, motion: Matrix) -> tuple[Values, Values]:
        """The prediction of each stack for the voxels of the other.

        Args:
            motion: (4, 4) RAS+ mm, from the header of the second to that of the first.

        Returns:
            For the voxels of the first, in the unit of the second; for the second, in the first's.
        """
        first, second = self.first, self.second
        back = _to_index(second, inverse(motion))
        there = _to_index(first, motion)
        return (
            first.probes.predicted(second.source, back, second.order),
            second.probes.predicted(first.source, there, first.order),
        )

    def fit(self, motion: Matrix, match: IntensityMatch | None = None) -> Fit:
        """Compare the predictions with what was measured.

        Args:
            motion: (4, 4) RAS+ mm, from the header of the second to that of the first.
            match: The line between the units; None to fit it.

        Returns:
            The residuals and correlations.
        """
        of_first, of_second = self.predictions(motion)
        measured = self.first.probes.values, self.second.probes.values
        if match is None:
            match = intensity_match(
                np.concatenate([measured[0], of_second]), np.concatenate([of_first, measured[1]])
            )
        return Fit(
            match,
            (match.applied(of_first) - measured[0], of_second - match.applied(measured[1])),
            (_correlation(of_first, measured[0]), _correlation(of_second, measured[1])),
        )


def _to_index(target: Side, motion: Matrix) -> Matrix:
    return np.asarray(inverse(target.thin.affine) @ motion)


def _margin(grid: Geometry) -> Matrix:
    """Voxels that are ``SLIDING_MM``, less where the grid is so short that few would be left."""
    return np.minimum(SLIDING_MM / np.array(grid.spacing), np.array(grid.shape) / 8)


def _correlation(first: Values, second: Values) -> float:
    if len(first) < 2 or not first.std() or not second.std():
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
