"""Unique names for scans: a name that occurs again gets a number."""

from collections.abc import Iterable
from itertools import count


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Make names unique by a number behind those that occur again: "a", "a (2)".

    Args:
        names: The names; the first of each stays as it is.

    Returns:
        One name for each, all different, in the same order.
    """
    unique: list[str] = []
    for name in names:
        numbered = (f"{name} ({number})" for number in count(2))
        unique.append(name if name not in unique else next(n for n in numbered if n not in unique))
    return tuple(unique)
