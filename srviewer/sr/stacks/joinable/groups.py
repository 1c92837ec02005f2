"""Groups of stacks in a listing that can be joined: found, and offered without being asked for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from srviewer.io.scans.series import Series
from srviewer.job import Job, Progress, within
from srviewer.sr.stacks.joinable.facts import StackFacts, plainly_no_stack, stack_facts
from srviewer.sr.stacks.joinable.fit import connected, fit, likeness, one_frame
from srviewer.sr.stacks.request import MOST_STACKS

MOST_COMPARED = 200  # series of one person or folder: more are no stacks of one examination


@dataclass(frozen=True, eq=False)
class JoinableGroup:
    """Stacks of one person and one contrast that can be joined.

    Attributes:
        stacks: 2 to 8, in the order of the listing.
        notes: Sentences that are said beside the offer.
    """

    stacks: tuple[Series, ...]
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The offer in a few words."""
        return f"{len(self.stacks)} stacks of one contrast"


def joinable_groups(series: Sequence[Series]) -> Job[tuple[JoinableGroup, ...]]:
    """Find the stacks in a listing that can be joined, from headers alone.

    All stacks of a group are of one person, examination, contrast and frame of reference; each
    overlaps with another one, and not all have the same slices. Nothing that needs an
    acknowledgement is offered.

    Args:
        series: The series of a listing.

    Returns:
        A job with the groups, in the order of their first stacks.
    """
    candidates: dict[str, list[Series]] = defaultdict(list)
    for entry in series:
        if not plainly_no_stack(entry) and entry.geometry.thick_axis is not None:
            candidates[entry.details.person or str(entry.sources[0].parent)].append(entry)
    together = [part for part in candidates.values() if 2 <= len(part) <= MOST_COMPARED]
    groups: list[JoinableGroup] = []
    for number, part in enumerate(together):
        span = number / len(together), (number + 1) / len(together)
        groups += yield from within(_groups_among(part), *span)
    return tuple(sorted(groups, key=lambda group: group.stacks[0].index))


def _groups_among(series: Sequence[Series]) -> Job[list[JoinableGroup]]:
    known: list[StackFacts] = []
    for number, entry in enumerate(series):
        yield Progress(number / len(series), "Looking for stacks that can be joined")
        facts = yield from stack_facts(entry)
        if not facts.no_stack:
            known.append(facts)
    alike: list[list[StackFacts]] = []
    for facts in known:
        group = next((g for g in alike if all(_alike(facts, member) for member in g)), None)
        if group is None:
            alike.append([facts])
        else:
            group.append(facts)
    parts = [part for group in alike for part in connected(_without_copies(group))]
    return [_group(part[:MOST_STACKS]) for part in parts if _worth_joining(part)]


def _alike(one: StackFacts, other: StackFacts) -> bool:
    return one_frame(one, other) and likeness(one, other).code == "fits"


def _without_copies(group: Sequence[StackFacts]) -> list[StackFacts]:
    """The stacks without those that a scanner computed a second time of the same slices."""
    kept: list[StackFacts] = []
    for facts in group:
        of_moment = [member for member in kept if facts.taken and facts.taken == member.taken]
        if not any(fit(facts, member).code == "same_slices" for member in of_moment):
            kept.append(facts)
    return kept


def _worth_joining(part: Sequence[StackFacts]) -> bool:
    """Whether some two stacks overlap, and one tells what lies between the slices of the other."""
    return any(fit(a, b).code == "fits" for a, b in combinations(part[:MOST_STACKS], 2))


def _group(members: Sequence[StackFacts]) -> JoinableGroup:
    pairs = combinations(members, 2)
    notes = dict.fromkeys(note for a, b in pairs for note in likeness(a, b, "they").notes)
    return JoinableGroup(tuple(facts.series for facts in members), tuple(notes))
