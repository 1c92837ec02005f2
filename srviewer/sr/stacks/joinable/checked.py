"""The check of stacks that a user chose to join."""

from collections.abc import Iterable, Sequence
from itertools import combinations

from srviewer.errors import InDoubt, UserError
from srviewer.sr.stacks.joinable.facts import StackFacts
from srviewer.sr.stacks.joinable.fit import connected, likeness, place_of


def check_joinable(stacks: Sequence[StackFacts], acknowledged: bool) -> tuple[str, ...]:
    """Check that stacks belong together: one person, one contrast, parts of the body in common.

    Args:
        stacks: The facts of each, at least two.
        acknowledged: Whether the user acknowledged all doubts.

    Returns:
        Sentences that are to be said with the result.

    Raises:
        UserError: They are of two people, one is no stack or given twice, or one shows nothing that
            another one shows, whatever was acknowledged.
        InDoubt: Something was not acknowledged, as another contrast.
    """
    pairs = list(combinations(stacks, 2))
    found = [likeness(one, other, "the stacks") for one, other in pairs]
    refused = next((each.refused for each in found if each.code == "another_person"), "")
    refused = refused or next(filter(None, (each.refused for each in found)), "")
    if refused:
        raise UserError(f"{refused} Leave out what does not belong to the others.")
    for one, other in pairs:
        if _is_twice(one, other):
            raise UserError(f"'{one.series.name}' was given twice. Give each stack once.")
    parts = connected(stacks)
    if len(parts) > 1:
        alone = min(parts, key=len)[0].series.name
        raise UserError(
            f"By their headers, '{alone}' shows no part of the body that the others show. Leave it "
            "out, or join it with others."
        )
    doubts = _each_once(each.doubts for each in found)
    if doubts and not acknowledged:
        raise InDoubt(
            f"The stacks were not joined: {' '.join(doubts)} Give --acknowledge to join them "
            "anyway."
        )
    places = [place_of(one, other) for one, other in pairs]
    of_place = (notes for code, notes in places if code != "no_overlap")
    return doubts + _each_once(each.notes for each in found) + _each_once(of_place)


def _is_twice(one: StackFacts, other: StackFacts) -> bool:
    first, second = one.series, other.series
    return (first.sources, first.uid, first.name) == (second.sources, second.uid, second.name)


def _each_once(sentences: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentence for part in sentences for sentence in part))
