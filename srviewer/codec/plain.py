"""Values to plain JSON and back; each error names its field in plain words."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sized
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any, TypeVar, get_type_hints

from msgspec import Meta, ValidationError, convert

from srviewer.documents import LARGEST_NUMBER, is_text
from srviewer.errors import UserError

LARGEST_WHOLE = 10**18
LONGEST_TEXT = 10_000  # characters
MOST_ENTRIES = 100_000  # of a list or an object

T = TypeVar("T")
PLACE = re.compile(r"(?P<message>.*?)(?: - at `\$\.?(?P<field>.*)`)?", re.DOTALL)
MISSING = re.compile(r"Object missing required field `(.*)`")
ONE_OF = re.compile(r"Expected `str` matching regex '\\\\A\(\?:(.*)\)\\\\Z'")
KINDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


class FieldError(ValueError):
    """A field of a document that has no valid value.

    Attributes:
        field: Its path in the document, such as "studies[1].view.zoom"; "" for the whole document.
        reason: A predicate, such as "must be a number, not text".
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"'{field}' {reason}" if field else f"it {reason}")
        self.field, self.reason = field, reason


def one_of(words: Iterable[str]) -> Meta:
    """Annotate a text that must be one of some words, such as the ids of a table.

    Args:
        words: The words.

    Returns:
        The annotation: a pattern that matches these words alone, and the words as examples.
    """
    words = list(words)
    return Meta(pattern=rf"\A(?:{'|'.join(map(re.escape, words))})\Z", examples=words)


@lru_cache
def annotations_of(kind: type) -> Mapping[str, Any]:
    """The annotations of the fields of a dataclass.

    Args:
        kind: The dataclass.

    Returns:
        Field -> annotation, with its ``msgspec.Meta``.
    """
    return get_type_hints(kind, include_extras=True)


def to_plain(value: object, seen: Callable[[Any], object] = lambda value: value) -> Any:
    """A value as objects, lists, text, numbers, true, false and null, for ``json.dumps``.

    Args:
        value: A dataclass, an enum's member, a mapping by text, a tuple or list, a path, or a
            value that is plain already. File names may hold bytes that are no UTF-8, as Python
            reads them: files are written with ``surrogateescape``.
        seen: Converts each value before it is written, however deep inside.

    Returns:
        The plain value.

    Raises:
        TypeError: For anything else.
    """
    # msgspec leaves out fields that have the default that it read them with.
    value = seen(value)
    if is_dataclass(value):
        return {row.name: to_plain(getattr(value, row.name), seen) for row in fields(value)}
    if isinstance(value, Mapping):
        return {name: to_plain(inner, seen) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(inner, seen) for inner in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath):
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(value: object, kind: type[T]) -> T:
    """Read a value of ``kind`` from a JSON value of ``to_plain``, or of another program.

    Args:
        value: Any JSON value. Fields that ``kind`` has not are ignored.
        kind: A dataclass, of the types that ``to_plain`` takes. Its annotations say what fits.

    Returns:
        The value.

    Raises:
        FieldError: A ValueError that names the first field that does not fit, and why.
        UserError: ``kind`` itself refuses the values of its fields.
    """
    read: T = _read(value, kind, "")
    return read


def known_fields(value: object, kind: type) -> dict[str, Any]:
    """Read the valid fields of a document, each by itself, and leave out the others.

    Args:
        value: Any JSON value.
        kind: A dataclass.

    Returns:
        Field -> value of its type; empty where ``value`` is no object.
    """
    known: dict[str, Any] = {}
    given = value if isinstance(value, Mapping) else {}
    for name, hint in annotations_of(kind).items():
        if name in given:
            with suppress(ValueError, UserError):
                known[name] = _read(given[name], hint, name)
    return known


def _read(value: object, kind: Any, field: str) -> Any:
    _check_limits(value, field)
    try:
        return convert(value, kind, strict=True, dec_hook=_of_text)
    except ValidationError as error:
        raise _named(str(error), field) from error
    except UnicodeEncodeError as error:  # it names no field
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        _read(json.loads(text), kind, field)
        raise FieldError(field, "has a field whose name has half a character") from error


def _check_limits(value: object, field: str) -> None:
    """Raise FieldError for what no field of any document can mean, however deep inside."""
    if isinstance(value, dict):
        _check_count(value, field)
        for name, inner in value.items():
            _check_simple(name, field)
            _check_limits(inner, _inside(field, name))
    elif isinstance(value, list | tuple):
        _check_count(value, field)
        for number, inner in enumerate(value):
            _check_limits(inner, f"{field}[{number}]")
    else:
        _check_simple(value, field)


def _check_count(value: Sized, field: str) -> None:
    if len(value) > MOST_ENTRIES:
        raise FieldError(field, f"has more than {MOST_ENTRIES:,} entries")


def _check_simple(value: object, field: str) -> None:
    if isinstance(value, str) and not is_text(value, LONGEST_TEXT):
        raise FieldError(field, f"has half a character, or more than {LONGEST_TEXT:,}")
    if isinstance(value, float) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        raise FieldError(field, f"must be a finite number within {LARGEST_NUMBER:.0e}")
    if isinstance(value, int) and not -LARGEST_WHOLE <= value <= LARGEST_WHOLE:
        raise FieldError(field, f"must be a whole number within {LARGEST_WHOLE:.0e}")


def _of_text(kind: Any, value: object) -> Any:
    """Read the types that msgspec leaves to its caller: paths."""
    if kind is not Path:
        raise NotImplementedError(f"{kind} has no plain form")
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("no path of a file")
    return Path(value)


def _inside(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _named(text: str, within: str) -> FieldError:
    """The error of msgspec with the path of its field and a reason in plain words."""
    match = PLACE.fullmatch(text)
    assert match is not None  # it takes every text
    place, message = match["field"] or "", match["message"]
    field = within + place if place[:1] in ("", "[") else _inside(within, place)
    if missing := MISSING.fullmatch(message):
        return FieldError(_inside(field, missing[1]), "is missing")
    if words := ONE_OF.fullmatch(message):
        return FieldError(field, f"is none of {words[1].replace('|', ', ')}".replace("\\", ""))
    if not message.startswith("Expected "):
        return FieldError(field, f"cannot be: {message}")
    kinds = re.sub(r"`([a-z| ]+)`", _plain_kinds, message.removeprefix("Expected "))
    return FieldError(field, f"must be {kinds}".replace(", got ", ", not "))


def _plain_kinds(match: re.Match[str]) -> str:
    return " or ".join(KINDS.get(word, word) for word in match[1].split(" | "))
