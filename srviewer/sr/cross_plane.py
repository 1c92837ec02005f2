"""Cross-plane super-resolution: both planes that hold the thick axis, restacked and fused."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srviewer.core.degrade import Degradation
from srviewer.core.fuse import Fusion, disagreement
from srviewer.core.geometry import Axis
from srviewer.core.largest import Largest, Parts, parts_of
from srviewer.core.metrics import FOREGROUND_SHARE, intensity_range, intensity_range_of
from srviewer.core.planes import TrainingGroup, cross_planes, restack, unstack
from srviewer.core.volume import Voxels
from srviewer.errors import UserError
from srviewer.job import Job, within
from srviewer.nn.model_file import Model

if TYPE_CHECKING:
    from srviewer.nn.infer import Upsampler


# The share of voxels, in per cent, that may lie below what is taken for air.
FLOOR_PERCENT = 0.1


@dataclass(frozen=True, eq=False)
class Refinement:
    """What a method is to do: refine along ``degradation.axis`` by ``degradation.factor``.

    ``degradation``: how the scan became thick. ``model``: None for interpolation. ``flips``:
    rebuild mirrored copies of the scan too and average them.
    """

    degradation: Degradation
    model: Model | None
    fusion: Fusion
    device: str = "auto"
    flips: bool = False


@dataclass(frozen=True, eq=False)
class Estimate:
    """A thin volume: ``voxels``, and where two planes made it, ``disagreement`` on its grid.

    ``spread``: the standard deviation over mirrored copies, where they were asked for.
    ``device``: what computed it.
    """

    voxels: Voxels
    disagreement: Voxels | None
    device: str
    spread: Voxels | None = None


def cross_plane(scan: Voxels, todo: Refinement) -> Job[Estimate]:
    """Section 3.1.1 of the paper: (i, j, k) thick voxels to ``factor`` times more along the axis.

    Raises UserError when the model cannot reach the factor or the device is absent.
    """
    from srviewer.nn.infer import Upsampler  # a door to torch

    if todo.model is None:
        raise ValueError("cross-plane super-resolution needs a model")
    upsampler = Upsampler(todo.model, todo.device)
    floor = air_level(scan)
    scan = scan - floor if floor else scan
    stages = passes(todo.degradation.factor, todo.model.factors)
    flips = mirrorings(todo.degradation.axis) if todo.flips else ((),)
    fused: list[Voxels] = []
    apart: Voxels | None = None
    for number, axes in enumerate(flips):
        job = _both_planes(upsampler, np.flip(scan, axes), todo, stages)
        span = number / len(flips), (number + 1) / len(flips)
        estimate, differing = yield from within(job, *span)
        fused.append(np.flip(estimate, axes))
        apart = np.flip(differing, axes) if apart is None else apart + np.flip(differing, axes)
    result: Voxels = np.asarray(sum(fused[1:], fused[0]) / np.float32(len(fused)))
    spread = np.asarray(np.std(fused, axis=0, dtype=np.float32)) if len(fused) > 1 else None
    if floor:
        result += floor
    disagreement = None if apart is None else np.asarray(apart / np.float32(len(flips)))
    return Estimate(result, disagreement, upsampler.device_title, spread)


def mirrorings(axis: Axis) -> tuple[tuple[Axis, ...], ...]:
    """The array axes that each copy of a self-ensemble is mirrored along; the first along none."""
    one, other = (a for a in range(3) if a != axis)
    return (), (axis,), (one, other), (axis, one, other)


def _both_planes(
    upsampler: "Upsampler", scan: Voxels, todo: Refinement, stages: tuple[int, ...]
) -> Job[tuple[Voxels, Voxels]]:
    """The fused estimate and the disagreement of the two planes."""
    scale = intensity_range(scan)
    planes: list[Voxels] = []
    for number, group in enumerate(cross_planes(todo.degradation.axis)):
        job = _one_plane(upsampler, scan, group, stages, scale)
        planes.append((yield from within(job, number / 2, (number + 1) / 2)))
    first, second = planes
    return todo.fusion.fuse(first, second), disagreement(first, second)


def air_level(scan: Voxels) -> np.float32:
    """What counts as air in a scan with truly negative values (CT, z-scores); 0 in any other.

    The network knows air as 0. A constant that is taken away before and added after moves the mean
    of each block with it, so the measured slices are reproduced all the same.
    """
    return air_level_of(lambda: parts_of(scan))


def air_level_of(parts: Parts) -> np.float32:
    """The same of a scan that is seen part by part, several times."""
    lowest = Largest(FLOOR_PERCENT / 100, sum(part.size for part in parts()))
    for part in parts():
        lowest.add(-part)
    highest = lowest.percentile(100 - FLOOR_PERCENT)
    low = np.float32(0 if highest is None else -highest)
    # A magnitude image may ring a little below 0 without being another kind of image.
    return low if low < -FOREGROUND_SHARE * intensity_range_of(parts) else np.float32(0)


def _one_plane(
    upsampler: "Upsampler",
    scan: Voxels,
    group: TrainingGroup,
    stages: tuple[int, ...],
    scale: float,
) -> Job[Voxels]:
    slices = unstack(scan, group.thick, group.normal)
    for number, factor in enumerate(stages):
        job = upsampler.upsample(slices, factor, scale)
        slices = yield from within(job, number / len(stages), (number + 1) / len(stages))
    return np.asarray(restack(slices, group.thick, group.normal))


def passes(factor: int, known: tuple[int, ...]) -> tuple[int, ...]:
    """The model's factors whose product is ``factor``, the fewest, largest first.

    Raises UserError when there are none.
    """
    found = _shortest_product(factor, tuple(sorted(known, reverse=True)))
    if found is None:
        raise UserError(
            f"This model cannot refine by {factor}: it knows the factors "
            f"{', '.join(map(str, sorted(known)))} and their products. Choose another factor."
        )
    return found


def reachable(factor: int, known: tuple[int, ...]) -> bool:
    """Whether ``passes`` finds a way."""
    return _shortest_product(factor, known) is not None


def _shortest_product(factor: int, known: tuple[int, ...]) -> tuple[int, ...] | None:
    if factor == 1:
        return ()
    rests = ((r, _shortest_product(factor // r, known)) for r in known if factor % r == 0)
    ways = [(r, *rest) for r, rest in rests if rest is not None]
    return min(ways, key=len, default=None)
