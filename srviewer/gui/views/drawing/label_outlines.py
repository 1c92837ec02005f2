"""Outlines of labels: the edges of pixels where one label ends."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF

Numbers = npt.NDArray[np.int64]
Rgb = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Outline:
    """The outline of one label in a slice.

    Attributes:
        colour: RGB, 0..255.
        edges: (n, 4) lines x1, y1, x2, y2 in columns and rows from the first pixel's outer corner.
        shape: Rows and columns of the slice.
    """

    colour: Rgb
    edges: npt.NDArray[np.float64]
    shape: tuple[int, int]

    def lines(self, extent: QRectF) -> list[QLineF]:
        """The lines in a rectangle that the slice fills.

        Args:
            extent: In pane mm.

        Returns:
            A line for each straight run of edges.
        """
        rows, columns = self.shape
        scale = np.array([extent.width() / columns, extent.height() / rows] * 2)
        moved = self.edges * scale + np.array([extent.left(), extent.top()] * 2)
        return [QLineF(*line) for line in moved.tolist()]


def outlines(labels: Numbers, colour_of: Callable[[int], Rgb]) -> tuple[Outline, ...]:
    """Outline each label of a slice.

    Args:
        labels: (rows, columns); 0 is no label.
        colour_of: Gives the colour of a label.

    Returns:
        The outlines by the values of the labels.
    """
    shape = labels.shape[0], labels.shape[1]
    found = []
    for label in np.unique(labels[labels > 0]).tolist():
        inside = np.pad(labels == label, 1)
        level = _runs(inside[1:, :] != inside[:-1, :])
        upright = _runs((inside[:, 1:] != inside[:, :-1]).T)
        edges = np.concatenate((level, upright[:, [1, 0, 3, 2]]))
        found.append(Outline(colour_of(label), edges, shape))
    return tuple(found)


def _runs(border: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Straight runs of edges: (n, 4) x1, y, x2, y of ``border``, padded by a column on each side.

    Row ``y`` of ``border`` is the line above pixel row ``y`` of the slice.
    """
    padded = np.pad(border, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    y, start = np.nonzero(steps == 1)
    _, stop = np.nonzero(steps == -1)
    return np.stack((start - 1, y, stop - 1, y), axis=1).astype(np.float64)
