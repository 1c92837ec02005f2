"""Slices of a stack that no other stack predicts as well as their neighbours."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.resampling.spline import slabs_at_once
from srviewer.core.stacks.intensity_match import Values
from srviewer.core.stacks.probes import Probes
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job

Trust = npt.NDArray[np.float32]
LEAST_PROBES = 20  # of a slice
NEAR = 4  # slices on either side
UNLIKE = 1.5  # times the usual error nearby: from here on a slice counts less
POWER = 4  # of that ratio


def slice_trust(count: int, across: Axis, predictions: Sequence[tuple[Probes, Values]]) -> Trust:
    """The trust in each slice of a stack.

    Args:
        count: The number of its slices.
        across: The axis across them.
        predictions: For each other stack the voxels of this one that it predicts, and (n,) the
            errors.

    Returns:
        (count,) 0..1: 1 for a slice that is predicted as well as those nearby by any other stack.
    """
    trust = np.zeros(count, np.float32)
    judged = np.zeros(count, bool)
    for probes, errors in predictions:
        of_slice = _errors(count, probes.index[:, across], errors)
        for number in np.flatnonzero(np.isfinite(of_slice)):
            near = of_slice[max(0, number - NEAR) : number + NEAR + 1]
            near = near[np.isfinite(near)]
            if len(near) < NEAR:
                continue
            ratio = of_slice[number] / max(float(np.median(near)), 1e-9)
            judged[number] = True
            trust[number] = max(trust[number], min(1.0, (UNLIKE / ratio) ** POWER))
    trust[~judged] = 1
    return trust


def trust_on(trust: Trust, stack: Geometry, across: Axis, onto: Geometry) -> Job[Voxels]:
    """The trust in slices on the grid of the joined volume.

    Between two slices the less trusted one decides, since a result there is made of both.

    Args:
        trust: (slices,).
        stack: The thick grid, at its true position.
        across: The axis across the slices.
        onto: The grid of the joined volume.

    Returns:
        A job with (i, j, k) float32.
    """
    matrix = (np.linalg.inv(stack.affine) @ onto.affine)[across]
    low = np.minimum.reduce([trust, np.append(trust[1:], trust[-1])])  # of a slice and the next
    result = np.empty(onto.shape, np.float32)

    def fill(start: int, stop: int) -> None:
        i, j, k = np.ogrid[start:stop, 0 : onto.shape[1], 0 : onto.shape[2]]
        index = matrix[0] * i + matrix[1] * j + matrix[2] * k + matrix[3]
        between = np.clip(np.floor(index), 0, len(trust) - 1).astype(np.intp)
        result[start:stop] = np.where(index < 0, trust[0], low[between])

    yield from slabs_at_once(fill, onto.shape, "Weighing the slices")
    return result


def _errors(count: int, slices: npt.NDArray[np.int_], errors: Values) -> npt.NDArray[np.float64]:
    """The root mean square error of each slice; not finite with too few probes."""
    numbers = np.bincount(slices, minlength=count)
    squares = np.bincount(slices, weights=errors.astype(np.float64) ** 2, minlength=count)
    known = numbers >= LEAST_PROBES
    return np.where(known, np.sqrt(squares / np.maximum(numbers, 1)), np.nan)
