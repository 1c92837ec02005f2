"""The box around the foreground of slices: a network is run in it alone."""

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.intensity_range import FOREGROUND_SHARE
from srviewer.core.slices.sharpness import sharpest
from srviewer.core.volumes.volume import Voxels

# A pixel below this share of the intensity range is air: where the receptive field holds nothing
# else, slices are interpolated, which keeps the block means as the network does.
AIR_SHARE = 0.02
# In 8-bit integers: so many pixels around the foreground. What lies further away changes foreground
# by less than 1e-4 of the range, a hundredth of what the integers change.
INT8_MARGIN = 6
# They begin and end at multiples of so many rows and columns, so that slices of few different
# shapes are refined, for each of which oneDNN packs the weights.
INT8_GRID = 8, 16
NARROW = 48  # columns of which halves would leave out an edge in the middle, and save little

Seen = npt.NDArray[np.bool_]
Box = tuple[slice, slice]  # rows, columns of the coarse slices


def brightest(slices: Voxels) -> tuple[Voxels, Voxels]:
    """The largest magnitude in each row and in each column of each slice.

    Args:
        slices: (slice, row, column).

    Returns:
        (slice, row) and (slice, column), in the unit of ``slices``.
    """
    in_rows, in_columns = (
        np.maximum(slices.max(axis=axis), -slices.min(axis=axis)) for axis in (2, 1)
    )
    return in_rows, in_columns


def float32_box(in_rows: Voxels, in_columns: Voxels, scale: float, radius: int) -> Box:
    """The box outside which the receptive field holds only air.

    Args:
        in_rows: (slice, row), as of ``brightest``.
        in_columns: (slice, column).
        scale: The intensity range, in the same unit.
        radius: Of the receptive field, coarse pixels.

    Returns:
        Rows and columns; empty where there is only air.
    """
    return _box(in_rows, in_columns, AIR_SHARE * scale, radius)


def int8_box(in_rows: Voxels, in_columns: Voxels, scale: float) -> Box:
    """The box outside which no foreground is near, on a grid of few shapes.

    Args:
        in_rows: (slice, row), as of ``brightest``.
        in_columns: (slice, column).
        scale: The intensity range, in the same unit.

    Returns:
        Rows and columns; empty where there is no foreground.
    """
    box = _box(in_rows, in_columns, FOREGROUND_SHARE * scale, INT8_MARGIN)
    counts = in_rows.shape[1], in_columns.shape[1]
    rows, columns = (
        slice(span.start // step * step, min(-(-span.stop // step) * step, count))
        for span, step, count in zip(box, INT8_GRID, counts, strict=True)
    )
    return rows, columns


def box_around(rows: Seen, columns: Seen, radius: int) -> Box:
    """The box from the first to the last row and column that hold something, and further.

    Args:
        rows: True for each coarse row with something else than air.
        columns: True for each column with something else.
        radius: How much further, coarse pixels.

    Returns:
        Rows and columns; empty where there is only air.
    """
    return _grown(rows, radius), _grown(columns, radius)


def sharper_half(slices: Voxels, columns: slice) -> slice:
    """Half of the columns, around the one that is sharpest along the rows.

    Args:
        slices: (row, column) of one slice.
        columns: Those to halve.

    Returns:
        The half; all columns where there are less than ``NARROW``.
    """
    width = columns.stop - columns.start
    if width < NARROW:
        return columns
    centre = columns.start + int(sharpest(slices[:, columns], 0, 1).argmax())
    start = min(max(centre - width // 4, columns.start), columns.stop - width // 2)
    return slice(start, start + width // 2)


def _box(in_rows: Voxels, in_columns: Voxels, least: float, radius: int) -> Box:
    rows, columns = (each.max(axis=0) > least for each in (in_rows, in_columns))
    return box_around(rows, columns, radius)


def _grown(seen: Seen, radius: int) -> slice:
    """From the first to the last True, ``radius`` further on both sides; empty without a True."""
    indices = np.flatnonzero(seen)
    if indices.size == 0:
        return slice(0, 0)
    return slice(max(0, int(indices[0]) - radius), min(len(seen), int(indices[-1]) + 1 + radius))
