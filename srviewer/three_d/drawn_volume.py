"""A volume as it is drawn in 3D: few enough voxels, each slice as thick as it was measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.volumes.slabwise import parts_of
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, Progress, within
from srviewer.three_d.levels import Levels, levels_of

MOST_VOXELS = 24 * 2**20  # that are drawn: 50 MB, and 75 MB for the shading
LARGER = 1.05  # the voxels, until there are so few
FULL = 16383  # of the stored values
SLAB = 16  # slices of a step
SAMPLES = 10**6  # voxels are enough for percentiles
MESSAGE = "Preparing the volume for 3D"


@dataclass(frozen=True)
class Sampling:
    """How the voxels of a volume become those that are drawn, along (i, j, k).

    Attributes:
        joined: So many voxels are averaged to one.
        repeated: Each voxel is drawn so often, side by side.
    """

    joined: tuple[int, int, int]
    repeated: tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class DrawnVolume:
    """A volume as it is drawn.

    Attributes:
        values: (z, y, x) uint16, axes nearly along S, A and R, with a border of one voxel of 0.
        affine: (4, 4) from (x, y, z) to RAS+ mm.
        low: The value in the unit of the volume that is stored as 0.
        step: The difference in that unit between neighbouring stored values, above 0.
        sampling: How the voxels were made, along the array axes of the volume.
        levels: The intensities of the whole volume.
        corners_mm: (8, 3), RAS+ mm: the corners of the volume, without its border.
    """

    values: npt.NDArray[np.uint16]
    affine: Matrix
    low: float
    step: float
    sampling: Sampling
    levels: Levels
    corners_mm: Matrix


def sampling_of(geometry: Geometry, as_measured: bool) -> Sampling:
    """How many voxels are averaged or repeated.

    Args:
        geometry: The grid of the volume.
        as_measured: Whether thick slices are repeated, so that they are drawn as thick as they are;
            otherwise VTK interpolates between them.

    Returns:
        Voxels of nearly the same size along all axes, MOST_VOXELS at the most.
    """
    size = min(geometry.spacing)
    while True:
        pairs = list(zip(geometry.spacing, geometry.shape, strict=True))
        joined = [min(count, max(1, round(size / mm))) for mm, count in pairs]
        repeated = [max(1, round(mm / size)) if as_measured else 1 for mm in geometry.spacing]
        counts = np.array(geometry.shape) // joined * repeated
        if counts.prod() <= MOST_VOXELS:
            return Sampling(_three(joined), _three(repeated))
        size *= LARGER


def drawn(volume: Volume, as_measured: bool = True) -> Job[DrawnVolume]:
    """Prepare a volume for drawing.

    Args:
        volume: The volume; its padding is drawn as its smallest value.
        as_measured: As in ``sampling_of``.

    Returns:
        A job with the volume as it is drawn; voxels that are left over at the far end of an axis,
        where several are averaged, are left out.
    """
    levels = yield from within(_levels(volume), 0.0, 0.2)
    sampling = sampling_of(volume.geometry, as_measured)
    order, signs = volume.geometry.world_axes, volume.geometry.world_signs
    voxels = _oriented(volume.voxels, order, signs)
    joined = _three(sampling.joined[axis] for axis in order)
    repeated = _three(sampling.repeated[axis] for axis in order)
    counts = [
        size // join * times
        for size, join, times in zip(voxels.shape, joined, repeated, strict=True)
    ]
    values = np.zeros([count + 2 for count in reversed(counts)], np.uint16)
    low = levels.least
    if levels.most <= low:  # a constant scan is drawn whole
        low -= max(1.0, abs(low))
    step = max((levels.most - low) / FULL, float(np.finfo(np.float32).tiny))
    slices = counts[2] // repeated[2]
    for start in range(0, slices, SLAB):
        stop = min(slices, start + SLAB)
        part = voxels[:, :, start * joined[2] : stop * joined[2]]
        if volume.padding is not None:  # of all slices, since a part may hold nothing else
            part = np.where(part == np.float32(volume.padding), np.float32(low), part)
        stored = np.rint((_means(part, joined) - low) / step).clip(0, FULL).astype(np.uint16).T
        for axis, times in enumerate(reversed(repeated)):
            stored = np.repeat(stored, times, axis)
        at = 1 + start * repeated[2]
        values[at : at + len(stored), 1:-1, 1:-1] = stored
        yield Progress(0.2 + 0.8 * stop / slices, MESSAGE)
    affine = _affine(volume.geometry, order, signs, joined, repeated)
    return DrawnVolume(values, affine, low, step, sampling, levels, _corners(volume.geometry))


def _levels(volume: Volume) -> Job[Levels]:
    """The intensities of a volume: its limits, and percentiles of voxels from all over it."""
    low, high = np.inf, -np.inf
    for part in parts_of(volume.voxels):
        yield Progress(0.0, MESSAGE)
        values = measured_voxels(part, volume.padding)
        low = min(low, float(values.min(initial=np.float32(np.inf))))
        high = max(high, float(values.max(initial=-np.float32(np.inf))))
    every = max(1, ceil((volume.voxels.size / SAMPLES) ** (1 / 3)))
    some = volume.voxels[::every, ::every, ::every].ravel()
    measured = measured_voxels(some, volume.padding)
    if low > high or not measured.size:  # nothing but padding
        low, high, measured = float(some.min()), float(some.max()), some
    return levels_of(measured, (low, high))


def _oriented(voxels: Voxels, order: Sequence[int], signs: Sequence[int]) -> Voxels:
    """A view of the voxels with axes nearly along R, A and S."""
    return voxels.transpose(order)[tuple(slice(None, None, sign) for sign in signs)]


def _means(voxels: Voxels, joined: tuple[int, int, int]) -> Voxels:
    """Blocks of voxels averaged; a remainder at the far end of each axis is left out."""
    if joined == (1, 1, 1):
        return voxels
    x, y, z = (size // join for size, join in zip(voxels.shape, joined, strict=True))
    whole = voxels[: x * joined[0], : y * joined[1], : z * joined[2]]
    blocks = whole.reshape(x, joined[0], y, joined[1], z, joined[2])
    means: Voxels = blocks.mean(axis=(1, 3, 5), dtype=np.float32)
    return means


def _affine(
    geometry: Geometry,
    order: Sequence[int],
    signs: Sequence[int],
    joined: tuple[int, int, int],
    repeated: tuple[int, int, int],
) -> Matrix:
    """(4, 4) from the index (x, y, z) of a drawn voxel, with the border, to RAS+ mm."""
    affine = np.eye(4)
    first = np.zeros(3)  # the index in the volume of the centre of the drawn voxel (0, 0, 0)
    for world, (axis, sign) in enumerate(zip(order, signs, strict=True)):
        scale = sign * joined[world] / repeated[world]
        edge = -0.5 if sign > 0 else geometry.shape[axis] - 0.5
        first[axis] = edge - scale / 2  # half a voxel inwards, then one outwards for the border
        affine[:3, world] = geometry.affine[:3, axis] * scale
    affine[:3, 3] = geometry.world(first)
    return affine


def _corners(geometry: Geometry) -> Matrix:
    ends = np.meshgrid(*((-0.5, count - 0.5) for count in geometry.shape))
    return geometry.world(np.array(ends).reshape(3, -1).T)


def _three(values: Iterable[int]) -> tuple[int, int, int]:
    i, j, k = values
    return i, j, k
