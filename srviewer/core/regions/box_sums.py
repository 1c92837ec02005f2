"""Sums over boxes around each voxel, by sums of two, four and eight neighbours."""

from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels

Numbers = npt.NDArray[Any]  # float32, or unsigned integers


def box_sums(values: Voxels | Mask, sides: list[int], ends: tuple[int, int]) -> Numbers:
    """Sum an array over the box around each voxel, with 0 outside the array.

    Args:
        values: (n, rows, columns); a mask is counted.
        sides: Of the box, odd, in voxels along each axis.
        ends: The planes of zeros before the first and behind the last plane: the first axis is
            summed where the box lies within them.

    Returns:
        float32 of values, unsigned integers of a mask; as ``values``, with ``sides[0] - 1`` less
        ``ends`` planes fewer.
    """
    margins = [ends, *((side // 2, side // 2) for side in sides[1:])]
    shape = [n + sum(margin) for n, margin in zip(values.shape, margins, strict=True)]
    counted = np.uint16 if np.prod(sides, dtype=np.float64) < 2**16 else np.uint32
    padded: Numbers = np.zeros(shape, counted if values.dtype == bool else np.float32)
    inner = tuple(
        slice(margin[0], length - margin[1]) for margin, length in zip(margins, shape, strict=True)
    )
    padded[inner] = values
    for axis, side in enumerate(sides):
        padded = _sums_along(padded, axis, side)
    return padded


def _sums_along(values: Numbers, axis: int, side: int) -> Numbers:
    """Sums of ``side`` neighbours along an axis, which becomes ``side - 1`` shorter."""
    length = values.shape[axis] - side + 1
    total, begin, size = None, 0, 1  # ``values`` holds the sums of ``size`` neighbours

    def part(start: int, stop: int | None) -> Numbers:
        return values[(slice(None),) * axis + (slice(start, stop),)]

    while True:
        if side & size:
            summand = part(begin, begin + length)
            total = summand if total is None else total + summand
            begin += size
        if 2 * size > side:
            return total if total is not None else values
        values = part(0, -size) + part(size, None)
        size *= 2
