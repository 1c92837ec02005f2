"""The estimated seconds of a reconstruction: from arithmetic alone, without a stopwatch."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal, get_args

from srviewer.core.geometry.grid import Axis
from srviewer.nn.catalogue import TrainingPlan, network_spec
from srviewer.nn.devices.arithmetic import Processor

PLANES = 2  # that hold the thick axis
# Measured: docs/performance.md, "The time that is estimated".
EACH_THIN_VOXEL = 1.0e-7  # seconds: joining, checking, maps, writing
EACH_THIN_PIXEL = 6000  # of a plane, as multiply-adds: the interpolated base, copies
# The piece on which the gain is estimated: along both sharp axes, in both planes.
PIECE = 2 * PLANES * 112 * 112 * 20
TimeUnit = Literal["s", "min", "h"]
UNITS: tuple[TimeUnit, ...] = get_args(TimeUnit)
LARGEST_SHOWN = 90  # in one unit; beyond it the next


@dataclass(frozen=True)
class Work:
    """The work of a reconstruction.

    Attributes:
        shape: (i, j, k) voxels of the scan.
        steps: (axis, factors of each pass) of each axis that is refined, in order.
        seen: The share of the pixels that goes through the network, 0 to 1.
        runs: How often the network runs on the scan: mirrored copies, slice profile, texture.
        seconds: Of what is bounded by time, such as adaptation.
        with_gain: Whether the gain is estimated.
    """

    shape: tuple[int, int, int]
    steps: tuple[tuple[Axis, tuple[int, ...]], ...]
    seen: float = 1.0
    runs: int = 1
    seconds: float = 0.0
    with_gain: bool = True


def estimated_seconds(
    plan: TrainingPlan, work: Work, processor: Processor, int8: bool = True
) -> float:
    """Estimate the time of a reconstruction with a network.

    Args:
        plan: Of the network's training, which says how large it is.
        work: What is to be done.
        processor: What computes it.
        int8: Whether 8-bit integers are taken, where network and processor have them.

    Returns:
        Seconds of the whole command.
    """
    spec = network_spec(plan.network)
    voxels, total, gain = prod(work.shape), 0.0, 0.0
    for _, passes in work.steps:
        through = work.seen * _multiply_adds(plan, PLANES * voxels, passes)
        voxels *= prod(passes)
        total += work.runs * (through + PLANES * voxels * EACH_THIN_PIXEL)
    if work.with_gain:
        passes = work.steps[0][1]
        gain = _multiply_adds(plan, PIECE / prod(passes), passes) / processor.rate(False)
    joining = work.runs * EACH_THIN_VOXEL * voxels
    rate = processor.rate(int8 and spec.int8)
    return processor.arithmetic.starting + work.seconds + joining + gain + total / rate


def rounded_time(seconds: float) -> tuple[int, TimeUnit]:
    """Round an estimate, which is exact to a fifth or so, for people.

    Args:
        seconds: The estimate.

    Returns:
        Such as (20, "s"), (4, "min") or (2, "h"): 1 to 9, or a multiple of 5.
    """
    value, unit = seconds, UNITS[0]
    for longer in UNITS[1:]:
        if value >= LARGEST_SHOWN:
            value, unit = value / 60, longer
    step = 1 if value < 10 else 5
    return max(1, step * round(value / step)), unit


def about(seconds: float) -> str:
    """An estimate in words.

    Args:
        seconds: The estimate.

    Returns:
        Such as "about 20 s".
    """
    value, unit = rounded_time(seconds)
    return f"about {value} {unit}"


def _multiply_adds(plan: TrainingPlan, pixels: float, passes: Sequence[int]) -> float:
    """The multiply-adds for so many coarse pixels, pass by pass."""
    spec, total = network_spec(plan.network), 0.0
    for factor in passes:
        total += pixels * spec.multiply_adds(plan.shape, factor)
        pixels *= factor
    return total
