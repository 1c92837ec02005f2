"""The motion of the slices of each stack, as some of the other stacks predict them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.axis_by_axis import interpolated
from srviewer.core.resampling.boxes import Box, box_of, cut, cut_shape, is_empty
from srviewer.core.stacks.coverage import coverage
from srviewer.core.stacks.joined_grid import isotropic_grid, union_grid
from srviewer.core.stacks.moved_slices import regular_stack
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.slice_fit import SliceProbes, Target, slices_of
from srviewer.core.stacks.slice_motion import REACH_MM, SliceMotion, is_short, slice_motion
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within
from srviewer.sr.stacks.singles import Single

FINEST_MM = 1.0  # of the volume that predicts slices: they are placed to less than its voxels
SEEN = 0.3  # of the weights of the stacks: with less the volume means nothing
BESIDE = 12  # voxels of it beyond the part that stacks cover
PREPARING = "Preparing to place single slices"
Version: TypeAlias = tuple[object, ...]  # all on which the state of a stack depends
AS_TAKEN: Version = ()
MOST_KEPT = 2**28  # bytes of regular stacks that are kept for other sets of stacks


@dataclass(frozen=True, eq=False)
class Part:
    """What a stack gives to the volume that predicts the slices of others.

    Attributes:
        box: Where it lies in the grid of that volume.
        weight: Of the box, 0 where the stack means nothing.
        result: Of the box.
        version: Of its slices.
    """

    box: Box
    weight: Voxels
    result: Voxels
    version: Version = AS_TAKEN


@dataclass(frozen=True, eq=False)
class Found:
    """The motion of the slices of a stack.

    Attributes:
        motion: The motion.
        regular: (i, j, k) the stack made regular again; None where its slices did not move.
        version: Of its slices, moved back.
    """

    motion: SliceMotion
    regular: Voxels | None
    version: Version


class KeptMotions:
    """Motions that were found, in little memory: the oldest regular stacks are found anew.

    Args:
        most_bytes: Of all regular stacks together.
    """

    def __init__(self, most_bytes: int = MOST_KEPT) -> None:
        self._most, self._found = most_bytes, dict[Version, Found]()

    def get(self, version: Version) -> Found | None:
        """What was found.

        Args:
            version: Of the slices, moved back.

        Returns:
            The motion; None where it is not known any more.
        """
        return self._found.get(version)

    def put(self, found: Found) -> None:
        """Keep a motion, and give up those that were found first where they take too much.

        Args:
            found: The motion.
        """
        self._found[found.version] = found
        held = {
            key: each.regular.nbytes
            for key, each in self._found.items()
            if each.regular is not None
        }
        total = sum(held.values())
        for version, size in held.items():
            if total <= self._most:
                break
            del self._found[version]
            total -= size


@dataclass(frozen=True, eq=False)
class SliceRounds:
    """All stacks on one grid, for whichever of them predict the slices of the others.

    What was found of a stack depends only on the stacks that meet it and on their slices. It is
    kept, and found once for all sets of stacks in which these are the same, while memory for it
    suffices (``MOST_KEPT``).

    Attributes:
        stacks: All stacks, placed and in the unit of the reference.
        slices: Of each, ready to be placed.
        grid: Of the volume that predicts them.
        parts: What each stack gives as it was taken.
        boxes: The part of the grid in which the slices of each are predicted.
    """

    stacks: list[PlacedStack]
    slices: list[list[SliceProbes]]
    grid: Geometry
    parts: list[Part]
    boxes: list[Box]
    _kept: KeptMotions = field(default_factory=KeptMotions)

    def found(self, number: int, parts: Mapping[int, Part], blur_mm: float) -> Job[Found]:
        """The motion of the slices of a stack.

        Args:
            number: Of the stack.
            parts: By their numbers, the stacks that have a say. Its own is not used.
            blur_mm: Of the volume that predicts the slices, standard deviation in mm.

        Returns:
            A job with the motion and the regular stack.
        """
        met = self._met(number, parts)
        version = (number, blur_mm, *((other, parts[other].version) for other in met))
        kept = self._kept.get(version)
        if kept is None:
            kept = yield from self._placed(
                number, [parts[other] for other in met], blur_mm, version
            )
            self._kept.put(kept)
        return kept

    def corrected(self, number: int, found: Found) -> Job[Part]:
        """What a stack gives with its slices moved back: their cubic interpolation.

        Args:
            number: Of the stack.
            found: The motion of its slices.

        Returns:
            A job with it; what it gives as it was taken where they did not move.
        """
        part = self.parts[number]
        if found.regular is None:
            return part
        placed, onto = self.stacks[number].placed, cut(self.grid, part.box)
        result = yield from interpolated(found.regular, placed, onto)
        return Part(part.box, part.weight, result, found.version)

    def _met(self, number: int, parts: Mapping[int, Part]) -> list[int]:
        """The others that cover some of the box in which the slices of a stack are predicted."""
        return [
            other
            for other, part in parts.items()
            if other != number
            and not is_empty(shared := _shared(self.boxes[number], part.box))
            and part.weight[_inside(shared, part.box)].any()
        ]

    def _placed(
        self, number: int, others: list[Part], blur_mm: float, version: Version
    ) -> Job[Found]:
        stack, step = self.stacks[number], Progress(0.0, PREPARING)
        target = yield from aside(partial(self._target, number, others), step)
        blurring = partial(_blurred, target, blur_mm)
        blurred = target if not blur_mm else (yield from aside(blurring, step))
        short = is_short(stack.grid, stack.degradation.axis)
        job = slice_motion(self.slices[number], blurred, short=short)
        motion = yield from within(job, 0.0, 0.8)
        if motion.is_still:
            return Found(motion, None, version)
        moving = regular_stack(stack, motion.motions, target.voxels, target.grid)
        return Found(motion, (yield from within(moving, 0.8, 1.0)), version)

    def _target(self, number: int, others: list[Part]) -> Target:
        """The prediction of the slices of a stack, in the box that the others cover of theirs."""
        box = _around(
            [_shared(self.boxes[number], part.box) for part in others], self.boxes[number]
        )
        total, mean = (np.zeros(cut_shape(box), np.float32) for _ in range(2))
        for part in others:
            shared = _shared(box, part.box)
            here, there = _inside(shared, box), _inside(shared, part.box)
            total[here] += part.weight[there]
            mean[here] += part.weight[there] * part.result[there]
        np.divide(mean, total, out=mean, where=total > 0)
        return Target(mean, (total > SEEN).astype(np.float32), cut(self.grid, box))


def slice_rounds(
    stacks: list[PlacedStack], singles: list[Single], reference: int
) -> Job[SliceRounds]:
    """Prepare stacks to predict the slices of each other.

    Args:
        stacks: All stacks, placed and in the unit of the reference.
        singles: The same with their own results.
        reference: The number of the reference, whose lattice is compared on.

    Returns:
        A job with them on one grid.
    """
    box = singles[reference].result.geometry
    grid = union_grid(box, [stack.placed for stack in stacks])
    grid = isotropic_grid(grid, max(FINEST_MM, *grid.spacing))
    slices: list[list[SliceProbes]] = []
    parts: list[Part] = []
    for number, (stack, single) in enumerate(zip(stacks, singles, strict=True)):
        start = number / len(stacks)
        own = box_of(grid, stack.placed)
        onto = cut(grid, own)
        seen = coverage(stack.placed, stack.padded, onto, stack.degradation.axis)
        weight = yield from within(seen, start, start)
        result = yield from within(stack.result_on(onto), start, start)
        parts.append(Part(own, weight, result))
        choosing = partial(_slices, stack, single)
        slices.append((yield from aside(choosing, Progress(start, PREPARING))))
    boxes = [box_of(grid, stack.placed, REACH_MM) for stack in stacks]
    return SliceRounds(stacks, slices, grid, parts, boxes)


def _slices(stack: PlacedStack, single: Single) -> list[SliceProbes]:
    """The slices of a stack, compared where they are foreground without padding."""
    mask = single.intensity.foreground(single.scan.voxels)
    return slices_of(stack, mask if stack.padded is None else mask & ~stack.padded)


def _blurred(target: Target, blur_mm: float) -> Target:
    from scipy.ndimage import gaussian_filter  # lazy: half a second

    sigma = [blur_mm / mm for mm in target.grid.spacing]
    voxels = gaussian_filter(target.voxels, sigma)
    return Target(voxels, target.cover, target.grid)


def _shared(one: Box, other: Box) -> Box:
    """The box that two boxes share, empty where they do not meet."""
    i, j, k = (
        slice(low := max(a.start, b.start), max(low, min(a.stop, b.stop)))
        for a, b in zip(one, other, strict=True)
    )
    return i, j, k


def _inside(box: Box, outer: Box) -> Box:
    """A box in the indices of one that holds it."""
    i, j, k = (slice(a.start - b.start, a.stop - b.start) for a, b in zip(box, outer, strict=True))
    return i, j, k


def _around(boxes: list[Box], most: Box) -> Box:
    """The smallest box that holds others, enlarged by ``BESIDE`` voxels within a larger one."""
    if not boxes:
        return most
    i, j, k = (
        slice(
            max(limit.start, min(part.start for part in parts) - BESIDE),
            min(limit.stop, max(part.stop for part in parts) + BESIDE),
        )
        for limit, parts in zip(most, zip(*boxes, strict=True), strict=True)
    )
    return i, j, k
