"""Names that stay one another's own: scans of one name are told apart by a number."""

from collections.abc import Iterable
from itertools import count


def told_apart(names: Iterable[str]) -> tuple[str, ...]:
    """The names, with a number after those that are there already: "a", "a (2)"."""
    told: list[str] = []
    for name in names:
        numbered = (f"{name} ({number})" for number in count(2))
        told.append(name if name not in told else next(n for n in numbered if n not in told))
    return tuple(told)
