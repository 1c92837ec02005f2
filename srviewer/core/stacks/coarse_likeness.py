"""The likeness of two coarse images with a motion between them: their mutual information."""

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.coarse import Coarse
from srviewer.core.stacks.intensity_match import Values
from srviewer.core.stacks.rigid import inverse

BINS = 16
LEAST_SHARED = 500  # voxels: with fewer nothing is known


def coarse_likeness(first: Coarse, second: Coarse, motion: Matrix) -> float:
    """The mutual information of two coarse images, which holds for two contrasts as well.

    Both ways: the foreground of each, with the value of the other there. What the other does not
    cover counts as unlike, so that a small part in common does not win.

    Args:
        first: The image that stays.
        second: The image that is moved.
        motion: (4, 4) from RAS+ mm of the first to those of the second.

    Returns:
        Nats, 0 where nothing is alike; corrected for the number of voxels.
    """
    there = _one_way(first, second, motion)
    return (there + _one_way(second, first, inverse(motion))) / 2


def _one_way(fixed: Coarse, moving: Coarse, motion: Matrix) -> float:
    from scipy.ndimage import map_coordinates  # half a second, which no window waits for

    index = np.argwhere(fixed.foreground)
    to_index = inverse(moving.grid.affine) @ motion @ fixed.grid.affine
    there = index @ to_index[:3, :3].T + to_index[:3, 3]
    nearest = np.rint(there).astype(int)
    inside: Mask = np.asarray(((nearest >= 0) & (nearest < moving.grid.shape)).all(axis=1))
    inside[inside] = moving.seen[tuple(nearest[inside].T)]
    if np.count_nonzero(inside) < LEAST_SHARED:
        return 0.0
    values: Values = fixed.voxels[tuple(index[inside].T)]
    others: Values = map_coordinates(
        moving.voxels, there[inside].T, np.float32, order=1, mode="nearest"
    )
    return float(inside.mean()) * _mutual_information(values, others)


def _mutual_information(first: Values, second: Values) -> float:
    counts, _, _ = np.histogram2d(_ranks(first), _ranks(second), BINS, [[0, 1], [0, 1]])
    joint = counts / counts.sum()
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    seen = joint > 0
    information = float(np.sum(joint[seen] * np.log(joint[seen] / apart[seen])))
    used = [np.count_nonzero(counts.sum(axis=axis)) - 1 for axis in (0, 1)]
    return max(0.0, information - used[0] * used[1] / (2 * len(first)))


def _ranks(values: Values) -> Values:
    """Values as shares of those that are smaller, so that bins are equally full."""
    order = np.sort(values)
    return np.asarray(np.searchsorted(order, values) / len(values), np.float32)
