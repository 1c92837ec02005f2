"""Annotations of fields that msgspec has not, and what is raised for a field that cannot be."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class FieldError(ValueError):
    """A field that cannot be.

    ``field``: where it lies in the document, such as "studies[1].view.zoom", "" for the whole of
    it. ``reason``: a predicate, such as "must be a number, not text".
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"'{field}' {reason}" if field else f"it {reason}")
        self.field, self.reason = field, reason


@dataclass(frozen=True)
class OneOf:
    """Annotation of a text that must be one of ``words``: the ids of a table, for instance."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Clamped:
    """Annotation of a number that is brought into ``low``..``high`` when it is read."""

    low: float
    high: float


@dataclass(frozen=True)
class Checked:
    """Annotation of a value that ``check`` looks at after its type: it raises ValueError."""

    check: Callable[[Any], object]


@dataclass(frozen=True)
class Hook:
    """A type that is written as another one, such as a path that is relative to a document.

    Args:
        kind: The type of the value.
        plain: The type that stands for it in the document, a dataclass for instance.
        read: From a ``plain`` to a value of ``kind``; raises ValueError for what cannot be.
        write: Back; anything that ``to_plain`` takes.

    """

    kind: type
    plain: Any
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def word_of(member: Enum) -> str:
    """The word for a member of an enum: its value where all values are text, else its name."""
    if all(isinstance(one.value, str) for one in type(member)):
        return str(member.value)
    return member.name.lower()
