"""Several stacks of one person joined to one volume."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations

import numpy as np

from srviewer.core.acquisition.degradation import Consistency, consistency_of
from srviewer.core.byte_counts import bytes_text
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.padding import empty_value
from srviewer.core.resampling.axis_by_axis import interpolated
from srviewer.core.slice_faults.warnings import MOTION, without_repair
from srviewer.core.slice_numbers import slice_numbers
from srviewer.core.stacks.joined_grid import isotropic_grid, union_grid
from srviewer.core.stacks.joint_estimate import Contribution, joint_estimate
from srviewer.core.stacks.moved_slices import predicted_slices
from srviewer.core.stacks.slice_motion import MOST_SHORT_MM, SHORT_MM, SliceMotion
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.job import Job, Progress, aside, within
from srviewer.sr.requests.memory import free_bytes, peak_memory_mb
from srviewer.sr.stacks.contributions import (
    DOWN_WEIGHTED,
    Matched,
    contributions,
    matched_stacks,
    slices_trusted,
)
from srviewer.sr.stacks.joined import Joined, JoinedStack, joined_source, motion_values
from srviewer.sr.stacks.joined_origin import joined_origin
from srviewer.sr.stacks.leaving_out import (
    SCORING,
    Predicted,
    best_alone,
    best_step,
    left_out,
)
from srviewer.sr.stacks.left_out import LeftOut, gains_of
from srviewer.sr.stacks.on_lattice import OnLattice
from srviewer.sr.stacks.placing import Places, places
from srviewer.sr.stacks.predicting import predicted_stacks
from srviewer.sr.stacks.request import JoinRequest, check_join
from srviewer.sr.stacks.singles import Single, single_results
from srviewer.sr.stacks.slice_rounds import SliceRounds
from srviewer.sr.stacks.slicewise import Corrected, Stacks, corrected_stacks, slices_prepared

SINGLES, PLACED, MATCHED, TESTED, SHARED, ESTIMATED = 0.5, 0.6, 0.63, 0.8, 0.84, 0.95
CORRECTED = 0.82
HELD_VOLUMES = 6  # of the joined grid, beside four for each stack
NOT_MOVED = (
    "Single slices were to be moved ('--motion slices'), and none was moved in this result: it is "
    "that of one stack alone, as it was taken."
)
OF_TWO = (
    "Of two stacks the slices of each are placed on the other alone, whose own slices may have "
    "moved: which of them moved is not known, and no score tests it."
)
HELD = (
    f"Its slices seem to have moved by more than the {MOST_SHORT_MM:.0f} mm that are allowed in a "
    f"stack shorter than {SHORT_MM:.0f} mm: they stay."
)
HELD_OF_MOVED = (
    "Slices {numbers} (counted from 1) seem to have moved by more than the "
    f"{MOST_SHORT_MM:.0f} mm that are allowed in a stack shorter than {SHORT_MM:.0f} mm: they "
    "stay; others are moved."
)
# Joining must predict the stacks that were left out better than the best of the others alone by
# more than this, in dB, on the mean.
GAIN_DB = 0.0


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The stacks of a join, placed and matched; ``slices`` where single slices were placed."""

    request: JoinRequest
    stacks: Stacks
    slices: Corrected | None = None

    @property
    def singles(self) -> list[Single]:
        return self.stacks.singles

    @property
    def places(self) -> Places:
        return self.stacks.places

    @property
    def matched(self) -> list[Matched]:
        return self.stacks.matched

    @property
    def joining(self) -> Stacks:
        """The stacks as they are joined: with their slices moved back, where that was found."""
        return self.stacks if self.slices is None else self.slices.stacks

    @property
    def reference(self) -> Single:
        return self.singles[self.request.reference]

    @cached_property
    def lattice(self) -> OnLattice:
        """The stacks on the grid on which they are joined, before it is made isotropic."""
        grid = self.reference.result.geometry
        if self.request.grid == "union":
            grid = union_grid(grid, [matched.stack.placed for matched in self.matched])
        return OnLattice([matched.stack for matched in self.matched], grid)


def join(stacks: Sequence[Volume], request: JoinRequest) -> Job[Joined]:
    """Join several stacks of one person to one volume.

    Args:
        stacks: 2 to 8 stacks of regular slices in one contrast.
        request: The settings.

    Returns:
        A job whose result is the joined volume with what was found of each stack.

    Raises:
        UserError: The stacks cannot be joined, as ``check_join``; one is empty or a copy of
            another; the model or device is unknown; the volume would not fit into memory.
        Unsupported: One of the stacks is no scan.
    """
    yield Progress(0.0, "Preparing")
    started = time.monotonic()
    check_join(stacks, request)
    yield from aside(partial(_check_values, stacks), Progress(0.0, "Preparing"))
    singles = yield from within(single_results(stacks, request), 0.0, SINGLES)
    placing = places(singles, request.reference, request.register == "rigid")
    found = yield from within(placing, SINGLES, PLACED)
    matching = matched_stacks(singles, found, request.reference)
    matched = yield from within(matching, PLACED, MATCHED)
    prepared = _Prepared(request, Stacks(singles, found, matched))
    preparing = slices_prepared(prepared.stacks, request)
    rounds = yield from within(preparing, MATCHED, MATCHED)
    predicted: list[Predicted | None] = [None] * len(stacks)
    if request.left_out:
        predicting = predicted_stacks(prepared.stacks, request, prepared.lattice, rounds)
        predicted = yield from within(predicting, MATCHED, TESTED)
    step = yield from aside(partial(best_step, predicted), Progress(TESTED, SCORING))
    scores = yield from within(_scores(predicted, step), TESTED, TESTED)
    gains = gains_of(scores)
    single = best_alone(predicted) if gains and float(np.mean(gains)) < GAIN_DB else None
    numbers = list(range(len(stacks))) if single is None else [single]
    grid, intensity = prepared.lattice.grid, prepared.reference.intensity
    _check_memory(grid, len(numbers))
    correcting = _corrected(prepared, rounds, numbers)
    prepared, lattice = yield from within(correcting, TESTED, CORRECTED)
    used = prepared.joining
    sharing = contributions(used.matched, numbers, used.places, lattice, intensity.range)
    parts = yield from within(sharing, CORRECTED, SHARED)
    empty = empty_value(prepared.reference.result)
    estimating = joint_estimate(parts, grid, empty)
    estimate = yield from within(estimating, SHARED, ESTIMATED)
    blending = partial(estimate.blended, step)
    voxels = yield from aside(blending, Progress(ESTIMATED, "Taking the mean of the stacks"))
    described = yield from within(
        _described(prepared, voxels, grid, parts, numbers, scores), ESTIMATED, 0.99
    )
    volume = yield from within(_volume(prepared, voxels, grid, single), 0.99, 1.0)
    return Joined(
        volume=volume,
        request=request,
        model=prepared.reference.model,
        stacks=described,
        single=single,
        joint_step=step,
        device=prepared.reference.device,
        precision=prepared.reference.precision,
        seconds=time.monotonic() - started,
        peak_memory_mb=peak_memory_mb(),
        warnings=_warnings(prepared, single, gains),
    )


def _corrected(
    prepared: _Prepared, rounds: SliceRounds | None, numbers: Sequence[int]
) -> Job[tuple[_Prepared, OnLattice]]:
    """The stacks that are joined, their slices moved back where that was asked for."""
    lattice = prepared.lattice
    if rounds is None or len(numbers) < 2:
        return prepared, lattice
    found = yield from corrected_stacks(numbers, prepared.stacks, rounds, prepared.request)
    if found.stacks is not prepared.stacks:
        lattice = found.stacks.on_lattice(lattice.grid)
    return replace(prepared, slices=found), lattice


def _check_values(stacks: Sequence[Volume]) -> None:
    for stack in stacks:
        if stack.voxels.min() == stack.voxels.max():
            raise UserError(
                f"'{stack.name}' is empty: every voxel has the same value, which would only dilute "
                "the others. Leave it out."
            )
    for one, other in combinations(stacks, 2):
        if np.array_equal(one.voxels, other.voxels) and one.geometry.matches(other.geometry):
            raise UserError(
                f"'{one.name}' and '{other.name}' hold the same voxels: one is a copy, which tells "
                "nothing new. Give each stack once."
            )


def _scores(predicted: Sequence[Predicted | None], step: float) -> Job[list[LeftOut | None]]:
    scores: list[LeftOut | None] = []
    for stack in predicted:
        scores.append(None if stack is None else (yield from left_out(stack, step)))
    return scores


def _check_memory(grid: Geometry, count: int) -> None:
    needed = 4.0 * float(np.prod(grid.shape, dtype=np.float64)) * (HELD_VOLUMES + 4 * count)
    if needed > free_bytes():
        raise UserError(
            f"The joined volume of {' x '.join(map(str, grid.shape))} voxels takes about "
            f"{bytes_text(needed)} of memory, and {bytes_text(free_bytes())} are free. "
            "Give --grid reference, fewer stacks, or another reference."
        )


def _described(
    prepared: _Prepared,
    voxels: Voxels,
    grid: Geometry,
    parts: Sequence[Contribution],
    numbers: Sequence[int],
    scores: Sequence[LeftOut | None],
) -> Job[tuple[JoinedStack, ...]]:
    checking = Progress(0.0, "Checking against the stacks")
    shares = yield from aside(partial(_shares, prepared, voxels, parts, numbers), checking)
    described: list[JoinedStack] = []
    for number, single in enumerate(prepared.singles):
        start = number / len(prepared.singles)
        slices = None if prepared.slices is None else prepared.slices.motions.get(number)
        agreeing = _agreement(single, prepared.matched[number], slices, voxels, grid)
        agreement = yield from within(agreeing, start, start)
        stack, match = prepared.matched[number].stack, prepared.matched[number].match
        others = [other for other in range(len(prepared.singles)) if other != number]
        trust = slices_trusted(number, stack, others, prepared.joining.places.errors)
        rotation, translation = motion_values(stack.motion, stack.grid.centre)
        described.append(
            JoinedStack(
                index=number,
                name=single.scan.name,
                moved=stack.motion,
                rotation_deg=rotation,
                translation_mm=translation,
                gain=match.gain,
                offset=match.offset,
                weight=shares[number],
                agreement=agreement,
                left_out=scores[number],
                down_weighted=tuple(int(n) for n in np.flatnonzero(trust < DOWN_WEIGHTED)),
                slices=slices,
            )
        )
    return tuple(described)


def _shares(
    prepared: _Prepared, voxels: Voxels, parts: Sequence[Contribution], numbers: Sequence[int]
) -> list[float]:
    """The weight of each stack in the foreground, adding up to 1."""
    foreground = prepared.reference.intensity.foreground(voxels)
    sums = [float(part.weight.sum(dtype=np.float64, where=foreground)) for part in parts]
    total = sum(sums) or 1.0
    shares = dict(zip(numbers, sums, strict=True))
    return [shares.get(number, 0.0) / total for number in range(len(prepared.singles))]


def _agreement(
    single: Single,
    matched: Matched,
    slices: SliceMotion | None,
    voxels: Voxels,
    grid: Geometry,
) -> Job[Consistency | None]:
    """The agreement of the volume with what was measured, each slice where it was found."""
    if slices is None or slices.is_still:
        predicted = yield from matched.stack.predicted(voxels, grid)
    else:
        predicted = yield from predicted_slices(matched.stack, slices.motions, voxels, grid)
    stack, data_range = matched.stack, matched.match.gain * single.intensity.range

    def compared() -> Consistency | None:
        held = stack.held(grid)
        residual = (predicted - stack.measured)[held]
        return consistency_of(residual, data_range) if held.any() else None

    return (yield from aside(compared, Progress(1.0, "Checking against the stacks")))


def _volume(prepared: _Prepared, voxels: Voxels, grid: Geometry, single: int | None) -> Job[Volume]:
    request, reference = prepared.request, prepared.reference
    scans = [single.scan for single in prepared.singles]
    others = ", ".join(scan.name for n, scan in enumerate(scans) if n != request.reference)
    step = f"joined with {len(scans) - 1} other stack{'s' * (len(scans) > 2)} ({others})"
    name = f"{reference.scan.name} (joined)"
    if single is not None:
        step = f"'{scans[single].name}' alone, since joining {len(scans)} stacks gained nothing"
    if request.spacing_mm is not None:
        wanted = isotropic_grid(grid, request.spacing_mm)
        voxels = yield from interpolated(voxels, grid, wanted)
        step, grid = f"{step}; resampled to {request.spacing_mm:.4g} mm", wanted
    if prepared.slices is not None and any(
        not found.is_still for found in prepared.slices.motions.values()
    ):
        step = f"{step}, single slices moved back"
    header = reference.result.derived_header(grid, step, name)
    header = replace(
        header,
        source=joined_source(scans, request.reference),
        origin=joined_origin(scans, request.reference),
        planes=None,
    )
    return header.with_voxels(voxels)


def _warnings(prepared: _Prepared, single: int | None, gains: Sequence[float]) -> tuple[str, ...]:
    lines = [
        f"'{each.scan.name}': {without_repair(line)}"
        for each in prepared.singles
        for line in each.warnings
    ]
    lines += prepared.places.warnings
    if prepared.request.motion == "none" and any(MOTION in each.codes for each in prepared.singles):
        lines.append(
            "The slices of a stack moved against each other. '--motion slices' (in the window: "
            "'Move single slices that have moved') moves them to where the other stacks predict "
            "them."
        )
    frames = {single.scan.frame for single in prepared.singles if single.scan.frame}
    if len(frames) > 1:
        lines.append(
            "The stacks do not share a frame of reference: their headers do not say how they lie "
            "to each other, and only registration does."
        )
    if single is not None:
        name = prepared.singles[single].scan.name
        lines.append(
            f"Joining gains nothing here: stacks that were left out were predicted "
            f"{abs(float(np.mean(gains))):.1f} dB worse by the others joined than by the best of "
            f"them alone. The result is that of '{name}' alone, which predicts the others best"
            + ("." if single == prepared.request.reference else ", on the grid of the reference.")
        )
        if prepared.request.motion == "slices":
            lines.append(NOT_MOVED)
    elif len(prepared.singles) == 2:
        lines.append(
            "With two stacks each is predicted by the other alone: that tests the network and the "
            "placement on measured slices, and not the joining itself."
        )
    lines += _slice_warnings(prepared)
    return tuple(dict.fromkeys(lines))


def _slice_warnings(prepared: _Prepared) -> list[str]:
    """Sentences on the motion of slices, where it was asked for and stacks were joined."""
    if prepared.slices is None:
        return []
    motions = prepared.slices.motions
    held = [
        f"'{prepared.singles[number].scan.name}': {HELD}"
        for number, found in motions.items()
        if found.is_held
    ]
    held += [
        f"'{prepared.singles[number].scan.name}': "
        f"{HELD_OF_MOVED.format(numbers=slice_numbers(found.held))}"
        for number, found in motions.items()
        if found.held and not found.is_still
    ]
    lines = [
        f"'{prepared.singles[number].scan.name}': The other stacks cover too little of its slices "
        "to tell whether they moved: they stay."
        for number, found in motions.items()
        if not found.is_compared
    ]
    moving = any(not found.is_still for found in motions.values())
    return [*lines, *held, *([OF_TWO] if len(motions) == 2 and moving else [])]
