"""The stacks of a join with their own results, ready to be placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity, volume_intensity
from srviewer.core.intensity.padding import filled, measured_limits
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.rigid import identity
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, Progress, aside, within
from srviewer.nn.devices.precisions import UsedPrecision
from srviewer.nn.models.model_file import Model
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request, degradation_of
from srviewer.sr.stacks.request import JoinRequest, single_request

WORKED = 0.99  # of the time of one stack


@dataclass(frozen=True, eq=False)
class Single:
    """One stack of a join with its own result.

    Attributes:
        scan: The stack.
        result: Its result by the method of the join, on its own refined grid.
        filled: (i, j, k) its voxels, with measured values in the place of padding.
        stack: The stack with its acquisition, where its header puts it.
        intensity: Floor and range of the stack.
        model: The network; None for interpolation.
        device: The title of the device.
        precision: That of the network; None for interpolation.
        warnings: Of the stack and of its reconstruction, one line each.
        codes: The codes of those warnings that have one.
    """

    scan: Volume
    result: Volume
    filled: Voxels
    stack: PlacedStack
    intensity: Intensity
    model: Model | None
    device: str
    precision: UsedPrecision | None
    warnings: tuple[str, ...]
    codes: tuple[str, ...]


def single_results(stacks: Sequence[Volume], request: JoinRequest) -> Job[list[Single]]:
    """Reconstruct each stack by itself.

    Args:
        stacks: The stacks.
        request: The join.

    Returns:
        A job with the stacks and their results.

    Raises:
        UserError: The model or the device is unknown.
    """
    singles: list[Single] = []
    for number, scan in enumerate(stacks):
        span = number / len(stacks), (number + 1) / len(stacks)
        singles.append((yield from within(single_result(scan, request), *span)))
    return singles


def single_result(scan: Volume, request: JoinRequest) -> Job[Single]:
    """Reconstruct one stack by itself.

    Args:
        scan: The stack.
        request: The join.

    Returns:
        A job with the stack and its result.

    Raises:
        UserError: The model or the device is unknown.
    """
    return (yield from _single(scan, single_request(scan, request)))


def _single(scan: Volume, request: Request) -> Job[Single]:
    result = yield from within(reconstruct(scan, request), 0.0, WORKED)
    preparing = Progress(WORKED, "Preparing to join")
    voxels = yield from aside(partial(_filled, result.volume, request.axis), preparing)
    stack = PlacedStack(
        measured=(yield from aside(partial(_filled, scan, request.axis), preparing)),
        grid=scan.geometry,
        degradation=degradation_of(scan, request),
        result=voxels,
        padded=scan.padded,
        motion=identity(),
    )
    return Single(
        scan=scan,
        result=result.volume,
        filled=voxels,
        stack=stack,
        intensity=(yield from aside(partial(volume_intensity, scan), preparing)),
        model=result.model,
        device=result.device,
        precision=result.precision,
        warnings=result.warnings,
        codes=result.warning_codes,
    )


def _filled(volume: Volume, axis: Axis) -> Voxels:
    padded = volume.padded
    if padded is None:
        return volume.voxels
    return filled(volume.voxels, padded, axis, measured_limits(volume)[0])
