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
    padded = np.pad(labels, 1)
    level_labels, level = _runs(padded)
    upright_labels, upright = _runs(padded.T)
    of_edges = np.concatenate((level_labels, upright_labels))
    edges = np.concatenate((level, upright[:, [1, 0, 3, 2]]))
    order = np.argsort(of_edges, kind="stable")
    values, starts = np.unique(of_edges[order], return_index=True)
    parts = np.split(edges[order], starts[1:])
    return tuple(
        Outline(colour_of(value), part, shape)
        for value, part in zip(values.tolist(), parts, strict=False)
    )


def _runs(padded: Numbers) -> tuple[Numbers, npt.NDArray[np.float64]]:
    """The straight runs of edges between rows: the label of each, and (n, 4) x1, y, x2, y.

    ``padded``: labels with a border of 0, one pixel wide.
    """
    y, x = np.nonzero(padded[1:] != padded[:-1])
    sides = [(side[y, x], y, x) for side in (padded[1:], padded[:-1])]
    label, y, x = (np.concatenate(values) for values in zip(*sides, strict=True))
    label, y, x = (values[label > 0] for values in (label, y, x))
    order = np.lexsort((x, y, label))
    label, y, x = label[order], y[order], x[order]
    joined = (np.diff(label) == 0) & (np.diff(y) == 0) & (np.diff(x) == 1)
    first = np.flatnonzero(np.concatenate(([True], ~joined))[: len(label)])
    last = np.flatnonzero(np.concatenate((~joined, [True]))[: len(label)])
    runs = np.stack((x[first] - 1, y[first], x[last], y[first]), axis=1)
    return label[first], runs.astype(np.float64)
