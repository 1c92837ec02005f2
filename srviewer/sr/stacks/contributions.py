"""The contributions of several placed stacks to the joint estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from srviewer.core.acquisition.noise_spectrum import NoiseSpectrum, noise_spectrum
from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.axis_by_axis import interpolated
from srviewer.core.resampling.boxes import box_of, cut, cut_shape, is_empty
from srviewer.core.resampling.spline import sampled
from srviewer.core.stacks.coarse import Coarse
from srviewer.core.stacks.intensity_match import IntensityMatch, Values
from srviewer.core.stacks.joint_estimate import Contribution
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.probes import Probes
from srviewer.core.stacks.regions import Regions, compared_regions
from srviewer.core.stacks.slice_trust import Trust, slice_trust, trust_on
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within
from srviewer.sr.stacks.on_lattice import OnLattice
from srviewer.sr.stacks.placing import Places
from srviewer.sr.stacks.repeats import WEIGHING, repeats_of, shared_with
from srviewer.sr.stacks.singles import Single

DOWN_WEIGHTED = 0.5  # a slice that is trusted less is reported


@dataclass(frozen=True, eq=False)
class Matched:
    """A stack at its place and in the unit of the reference.

    Attributes:
        stack: With the shading of the reference.
        coarse: The same on a coarse grid, where its header puts it.
        match: The line from its own unit.
        noise: Its noise, in the unit of the reference.
    """

    stack: PlacedStack
    coarse: Coarse
    match: IntensityMatch
    noise: NoiseSpectrum


def matched_stacks(singles: Sequence[Single], places: Places, reference: int) -> Job[list[Matched]]:
    """Bring stacks to the unit and the shading of the reference.

    Args:
        singles: The stacks with their own results.
        places: Where they lie, and the lines between their units.
        reference: The number of the reference.

    Returns:
        A job with the stacks, in their order.
    """
    coarse = [
        replace(image, voxels=match.applied(image.voxels))
        for image, match in zip(places.coarse, places.matches, strict=True)
    ]
    data_range = singles[reference].intensity.range
    job = compared_regions(coarse, places.motions, reference, data_range)
    regions = yield from within(job, 0.0, 0.2)
    stacks: list[Matched] = []
    for number, single in enumerate(singles):
        match = places.matches[number]
        moved = single.stack.at(places.motions[number])
        start = 0.2 + 0.8 * number / len(singles)
        matched = moved.matched(match, regions.shading[number], regions.grid)
        stack = yield from within(matched, start, start)
        scan = single.scan
        measuring = partial(noise_spectrum, scan.voxels, stack.degradation.axis, scan.padding)
        noise = yield from aside(measuring, Progress(start, "Measuring the noise"))
        image = yield from within(
            sampled(regions.shading[number], regions.grid, coarse[number].grid, order=1),
            start,
            start,
        )
        shaded = replace(coarse[number], voxels=coarse[number].voxels * image)
        stacks.append(Matched(stack, shaded, match, noise.scaled(match.gain)))
    return stacks


def slices_trusted(
    number: int,
    stack: PlacedStack,
    others: Sequence[int],
    errors: Mapping[tuple[int, int], tuple[Probes, Values]],
) -> Trust:
    """The trust in each slice of a stack, by some of the others.

    Args:
        number: The number of the stack.
        stack: The stack.
        others: The numbers of the stacks that are asked.
        errors: As in ``Places``.

    Returns:
        (slices,) 0..1.
    """
    across = stack.degradation.axis
    known = [errors[number, other] for other in others if (number, other) in errors]
    return slice_trust(stack.grid.shape[across], across, known)


def contributions(
    matched: Sequence[Matched],
    numbers: Sequence[int],
    places: Places,
    lattice: OnLattice,
    data_range: float,
) -> Job[list[Contribution]]:
    """The contributions of some of the stacks to a volume.

    Args:
        matched: All stacks.
        numbers: The numbers of those that are joined.
        places: Where they lie.
        lattice: The stacks of ``matched`` on the grid of the volume.
        data_range: The intensity range of the reference.

    Returns:
        A job with one contribution for each of ``numbers``.

    Raises:
        ValueError: ``lattice`` is of other stacks.
    """
    if any(lattice.stacks[number] is not matched[number].stack for number in numbers):
        raise ValueError("the results on the lattice are those of other stacks")
    coarse = [matched[number].coarse for number in numbers]
    motions = [places.motions[number] for number in numbers]
    repeats = yield from aside(partial(_repeats, matched, numbers), Progress(0.0, WEIGHING))
    regions = None
    if len(numbers) > 1:
        job = compared_regions(coarse, motions, 0, data_range, repeats)
        regions = yield from within(job, 0.0, 0.1)
    grid = lattice.grid
    parts: list[Contribution] = []
    agreement = np.broadcast_to(np.float32(1), grid.shape)
    for place, number in enumerate(numbers):
        start = 0.1 + 0.9 * place / len(numbers)
        stack = matched[number].stack
        weighing = _weight(place, numbers, matched, places, lattice, regions, repeats[place])
        weight = yield from within(weighing, start, start)
        if regions is not None and (not parts or len(numbers) > 2):  # two agree as far with either
            agreed = interpolated(regions.agreement[place], regions.grid, grid, order=1)
            if len(numbers) > 2:  # its own alone
                agreed = _around(stack, regions.agreement[place], regions.grid, grid)
            agreement = yield from within(agreed, start, start)
        result = yield from within(lattice.result(number), start, start + 0.9 / len(numbers))
        parts.append(Contribution(stack, result, weight, agreement, matched[number].noise))
    return parts


def _weight(
    place: int,
    numbers: Sequence[int],
    matched: Sequence[Matched],
    places: Places,
    lattice: OnLattice,
    regions: Regions | None,
    repeats: Sequence[int],
) -> Job[Voxels]:
    """The weight of one of ``numbers``; ``place`` and ``repeats`` count among them."""
    number, grid = numbers[place], lattice.grid
    stack = matched[number].stack
    across = stack.degradation.axis
    others = [other for other in numbers if other != number]
    trust = slices_trusted(number, stack, others, places.errors)
    weight = yield from lattice.coverage(number)
    factors: list[Voxels] = []
    if trust.min() < 1:
        factors.append((yield from trust_on(trust, stack.placed, across, grid)))
    if regions is not None and len(numbers) > 2:
        factors.append((yield from _around(stack, regions.trust[place], regions.grid, grid)))
    for factor in factors:
        weighing = partial(np.multiply, weight, factor)
        weight = yield from aside(weighing, Progress(1.0, WEIGHING))
    covered: list[Voxels] = []
    for repeat in repeats:
        covered.append((yield from lattice.coverage(numbers[repeat])))
    return (yield from shared_with(weight, covered)) if covered else weight


def _repeats(matched: Sequence[Matched], numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """For each of ``numbers`` the places among them of its repeats."""
    stacks = [matched[number].stack for number in numbers]
    return [repeats_of(place, stacks) for place in range(len(stacks))]


def _around(stack: PlacedStack, field: Voxels, given: Geometry, onto: Geometry) -> Job[Voxels]:
    """A field at the voxels of a grid that a stack covers; 0 elsewhere, where it has no weight."""
    box = box_of(onto, stack.placed)
    if cut_shape(box) == onto.shape:
        return (yield from interpolated(field, given, onto, order=1))
    result = np.zeros(onto.shape, np.float32)
    if not is_empty(box):
        part = yield from interpolated(field, given, cut(onto, box), order=1)
        setting = partial(result.__setitem__, box, part)
        yield from aside(setting, Progress(1.0, WEIGHING))
    return result
