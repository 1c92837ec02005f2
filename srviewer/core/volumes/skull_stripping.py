"""Whether a volume was skull-stripped, as far as its voxels can say."""

from dataclasses import dataclass

import numpy as np

from srviewer.core.percentage import percentage
from srviewer.core.volumes.volume import Volume

# A stripped volume is 0 outside of the brain. Of 26 heads, 13 of them stripped, and of 24
# stacks of other parts of the body, these numbers give no wrong answer.
LEAST_ZERO = 0.2  # of all voxels: an ellipse fills 79 % of the rectangle around it
LEAST_BORDER = 0.8  # of the voxels on the sides of the slices; a crop may cut off a little
ALL_AROUND = 0.95  # of the voxels on each pair of opposite sides, where all of a brain is inside
LARGEST_BRAIN, SMALLEST_BRAIN = 2.2, 0.8  # litres, with the fluid in it; the least is a child's


@dataclass(frozen=True)
class SkullStripping:
    """Whether a volume was skull-stripped.

    Attributes:
        stripped: The answer.
        basis: Where it comes from, for people.
        certain: Whether nothing speaks for another answer.
    """

    stripped: bool
    basis: str
    certain: bool


def estimated_stripping(volume: Volume) -> SkullStripping:
    """Estimate from its voxels whether a volume was skull-stripped.

    Noise or tissue on the border, few zeros and more volume than a brain has prove that it was not.
    A small region with zeros around is a stripped brain, a part of a head whose air was set to 0,
    or another part of the body: then the answer is the likelier one, and not certain.

    Args:
        volume: A scan; voxels of exactly 0, and padding, count as zeros.

    Returns:
        The estimate.
    """
    zero, border = _zero_shares(volume)
    sides = [axis for axis in range(3) if axis != volume.geometry.slice_axis]
    around = sum(border[axis] for axis in sides) / 2
    litres = (1 - zero) * volume.voxels.size * float(np.prod(volume.geometry.spacing)) / 1e6
    shares = (
        f"{percentage(zero)} of its voxels and {percentage(around)} of those on the sides of its "
        "slices are 0"
    )
    if zero < LEAST_ZERO or around < LEAST_BORDER:
        return SkullStripping(False, f"Estimated from the voxels: {shares}.", certain=True)
    if litres > LARGEST_BRAIN:
        basis = f"Estimated from the voxels: {litres:.1f} litres are not 0, more than a brain has."
        return SkullStripping(False, basis, certain=True)
    stripped = litres >= SMALLEST_BRAIN and min(border) >= ALL_AROUND
    basis = (
        f"Not certain: {shares}, and {litres:.2f} litres are not. That is a stripped brain, a part "
        "of a head whose air was set to 0, or another part of the body."
    )
    return SkullStripping(stripped, basis, certain=False)


def _zero_shares(volume: Volume) -> tuple[float, list[float]]:
    """The share of zeros among all voxels, and on both sides across each axis."""
    planes = volume.geometry.shape[2]
    count, edges = 0, np.zeros(3)
    last: list[float] = []
    for k in range(planes):  # of a volume that may be on disk
        plane = volume.voxels[:, :, k]
        zeros = plane == 0
        if volume.padding is not None:
            zeros |= plane == np.float32(volume.padding)
        count += int(np.count_nonzero(zeros))
        edges[0] += zeros[[0, -1], :].mean() / planes
        edges[1] += zeros[:, [0, -1]].mean() / planes
        if k in (0, planes - 1):
            last.append(float(zeros.mean()))
    edges[2] = np.mean(last)
    return count / volume.voxels.size, [float(edge) for edge in edges]
