"""Cross-plane super-resolution: both planes that hold the thick axis, restacked and fused."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity, measured_intensity
from srviewer.core.reconstruction.fusion import Fusion, disagreement
from srviewer.core.slices.planes import TrainingGroup, cross_planes, restack, unstack
from srviewer.core.volumes.slabwise import slabwise
from srviewer.core.volumes.volume import Voxels
from srviewer.errors import UserError
from srviewer.job import Job, Progress, aside, within
from srviewer.nn.devices.preloading import preload_torch
from srviewer.nn.models.model_file import Model

if TYPE_CHECKING:
    from srviewer.nn.inference.infer import Upsampler


JOINING = "Joining both planes"


@dataclass(frozen=True, eq=False)
class Refinement:
    """The settings of one refinement along ``degradation.axis`` by ``degradation.factor``.

    Attributes:
        degradation: The acquisition that made the scan thick.
        model: The network; None for interpolation.
        fusion: Joins the estimates of the two planes.
        device: Where the network runs, one of ``DEVICES``.
        flips: Test-time augmentation: average over mirrored inputs.
        intensity: Floor and range of the scan without its padding; None to measure them where the
            voxels hold no padding.
    """

    degradation: Degradation
    model: Model | None
    fusion: Fusion
    device: str = "auto"
    flips: bool = False
    intensity: Intensity | None = None

    def intensity_of(self, scan: Voxels) -> Intensity:
        """Intensity floor and range of the scan, measured where they are not given.

        Args:
            scan: (i, j, k) thick voxels without padding.

        Returns:
            Floor and range, in the unit of the scan.
        """
        return self.intensity or measured_intensity(scan)


@dataclass(frozen=True, eq=False)
class Estimate:
    """A refined volume with its maps.

    All are (i, j, k) on the refined grid, in the unit of the scan.

    Attributes:
        voxels: The refined voxels.
        disagreement: Magnitude of the difference of the two planes; None where one estimate is all.
        device: The title of the device that computed it.
        spread: Standard deviation over test-time augmentation; None without it.
    """

    voxels: Voxels
    disagreement: Voxels | None
    device: str
    spread: Voxels | None = None


def cross_plane(scan: Voxels, todo: Refinement) -> Job[Estimate]:
    """Cross-plane super-resolution (section 3.1.1 of the paper).

    The intensity floor is subtracted before the network, which takes air as 0, and added after it.
    The mean of each block moves with it, so block means are reproduced all the same.

    Args:
        scan: (i, j, k) thick voxels without padding.
        todo: The settings; a factor beyond the model's own is reached in several passes.

    Returns:
        A job whose result is the estimate, ``factor`` times more voxels along the axis.

    Raises:
        ValueError: ``todo`` has no model.
        UserError: The factor is out of reach, or the device is absent.
    """
    if todo.model is None:
        raise ValueError("cross-plane super-resolution needs a model")
    upsampler = yield from loaded_upsampler(todo.model, todo.device)
    yield Progress(0.0, "Measuring the grey levels")
    intensity = todo.intensity_of(scan)
    scan, scale = intensity.above_floor(scan), intensity.range
    stages = passes(todo.degradation.factor, todo.model.factors)
    flips = mirrorings(todo.degradation.axis) if todo.flips else ((),)
    fused: list[Voxels] = []
    disagreements: list[Voxels] = []
    for number, axes in enumerate(flips):
        job = _both_planes(upsampler, np.flip(scan, axes), todo, stages, scale)
        span = 0.98 * number / len(flips), 0.98 * (number + 1) / len(flips)
        estimate, differing = yield from within(job, *span)
        fused.append(np.flip(estimate, axes))
        disagreements.append(np.flip(differing, axes))
    result = yield from within(_averaged(fused), 0.98, 0.985)
    if intensity.floor:
        result += np.float32(intensity.floor)
    differing = yield from within(_averaged(disagreements), 0.985, 0.99)
    spread = None
    if todo.flips:
        job_of_spread = slabwise(_spread, *fused, message=JOINING)
        spread = yield from within(job_of_spread, 0.99, 1.0)
    return Estimate(result, differing, upsampler.device_title, spread)


def loaded_upsampler(model: Model, device: str) -> Job["Upsampler"]:
    """Load torch and build the network of a model, in a thread.

    Args:
        model: The model.
        device: One of ``DEVICES``.

    Returns:
        A job whose result is the network, ready to run.

    Raises:
        UserError: The device is absent.
    """

    def start() -> "Upsampler":
        preload_torch()
        from srviewer.nn.inference.infer import (
            Upsampler,  # lazy: torch takes seconds to load
        )

        return Upsampler(model, device)

    return aside(start, Progress(0.0, "Starting the network"))


def _averaged(copies: list[Voxels]) -> Job[Voxels]:
    """The mean of all copies; a single copy as it is."""
    return copies[0] if len(copies) == 1 else (yield from slabwise(_mean, *copies, message=JOINING))


def _mean(*copies: Voxels) -> Voxels:
    return np.asarray(sum(copies[1:], copies[0]) / np.float32(len(copies)))


def _spread(*copies: Voxels) -> Voxels:
    return np.asarray(np.std(copies, axis=0, dtype=np.float32))


def mirrorings(axis: Axis) -> tuple[tuple[Axis, ...], ...]:
    """The mirrored inputs of test-time augmentation.

    Args:
        axis: The refined axis.

    Returns:
        For each copy the array axes that it is mirrored along: none, the refined axis, both others,
        all three.
    """
    first, second = (a for a in range(3) if a != axis)
    return (), (axis,), (first, second), (axis, first, second)


def _both_planes(
    upsampler: "Upsampler", scan: Voxels, todo: Refinement, stages: tuple[int, ...], scale: float
) -> Job[tuple[Voxels, Voxels]]:
    """The fused estimate and the disagreement of the two planes."""
    planes: list[Voxels] = []
    for number, group in enumerate(cross_planes(todo.degradation.axis)):
        job = _one_plane(upsampler, scan, group, stages, scale)
        planes.append((yield from within(job, 0.48 * number, 0.48 * (number + 1))))
    fusing = slabwise(todo.fusion.fuse, *planes, message=JOINING)
    fused = yield from within(fusing, 0.96, 0.98)
    comparing = slabwise(disagreement, *planes, message=JOINING)
    return fused, (yield from within(comparing, 0.98, 1.0))


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
    """The fewest factors of a model whose product is a factor.

    Args:
        factor: The factor to reach, 2 or more.
        known: The factors that the model refines by in one pass.

    Returns:
        One factor for each pass, the largest first.

    Raises:
        UserError: No product of the known factors is ``factor``.
    """
    factors = _shortest_product(factor, tuple(sorted(known, reverse=True)))
    if factors is None:
        raise UserError(
            f"This model cannot refine by {factor}: it knows the factors "
            f"{', '.join(map(str, sorted(known)))} and their products. Choose another factor."
        )
    return factors


def reachable(factor: int, known: tuple[int, ...]) -> bool:
    """Whether a model reaches a factor, in one pass or several.

    Args:
        factor: The factor to reach, 1 or more.
        known: The factors that the model refines by in one pass.

    Returns:
        True where ``passes`` gives an answer.
    """
    return _shortest_product(factor, known) is not None


def _shortest_product(factor: int, known: tuple[int, ...]) -> tuple[int, ...] | None:
    if factor == 1:
        return ()
    rests = ((r, _shortest_product(factor // r, known)) for r in known if factor % r == 0)
    ways = [(r, *rest) for r, rest in rests if rest is not None]
    return min(ways, key=len, default=None)
