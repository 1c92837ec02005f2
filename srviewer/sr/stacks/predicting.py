"""Each stack of a join predicted from the others, their slices corrected without it."""

from functools import partial

from srviewer.job import Job, Progress, aside, within
from srviewer.sr.stacks.leaving_out import Predicted, left_with, predicted_from_others
from srviewer.sr.stacks.on_lattice import OnLattice
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.stacks.slice_rounds import SliceRounds
from srviewer.sr.stacks.slicewise import Stacks, corrected_stacks


def predicted_stacks(
    stacks: Stacks, request: JoinRequest, lattice: OnLattice, rounds: SliceRounds | None
) -> Job[list[Predicted | None]]:
    """Predict each stack from the others, joined.

    With the motion of slices, that of the others is found anew for each set of them: neither the
    stack that is left out nor its repeats have a say.

    Args:
        stacks: The stacks, none of them corrected.
        request: The join.
        lattice: The stacks on the grid on which the others are joined.
        rounds: The stacks, ready to predict the slices of each other; None where none are moved.

    Returns:
        A job with the predictions of each stack, in their order; None where the others do not
        reach it.
    """
    count = len(stacks.singles)
    predicted: list[Predicted | None] = [None] * count
    done = 0
    for others, numbers in (yield from _sets(stacks)).items():
        used, on, share = stacks, lattice, len(numbers) / count
        start = done / count
        if rounds is not None:
            correcting = corrected_stacks(others, stacks, rounds, request)
            used = (yield from within(correcting, start, start + 0.6 * share)).stacks
            on = lattice if used is stacks else used.on_lattice(lattice.grid)
            start, share = start + 0.6 * share, 0.4 * share
        for place, number in enumerate(numbers):
            span = [start + share * n / len(numbers) for n in (place, place + 1)]
            job = predicted_from_others(
                number,
                used.singles,
                used.matched,
                used.places,
                on,
                stacks.singles[request.reference].intensity.range,
                tuple(n for n in range(count) if n != number and n not in others),
                slices=rounds is not None,
            )
            predicted[number] = yield from within(job, span[0], span[1])
        done += len(numbers)
    return predicted


def _sets(stacks: Stacks) -> Job[dict[tuple[int, ...], list[int]]]:
    """The sets of stacks that predict others, with the numbers of those they predict."""
    placed = [matched.stack for matched in stacks.matched]
    sets: dict[tuple[int, ...], list[int]] = {}
    for number in range(len(placed)):
        finding = partial(left_with, number, placed)
        repeats = yield from aside(finding, Progress(0.0, "Finding what each stack covers"))
        left = [n for n in range(len(placed)) if n != number and n not in repeats]
        sets.setdefault(tuple(left), []).append(number)
    return sets
