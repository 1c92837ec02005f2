"""Plain JSON as typed values; each error names its field in plain words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from msgspec import ValidationError, convert

from srviewer.codec.forms import Missing, Rules, Unknown, form_of, hints_of, inside
from srviewer.codec.marks import FieldError, Hook
from srviewer.errors import UserError

T = TypeVar("T")
PLACE = re.compile(r"(?P<said>.*?)(?: - at `\$\.?(?P<field>.*)`)?", re.DOTALL)
OF_A_FIELD = re.compile(r"Object (?P<what>missing required|contains unknown) field `(?P<name>.*)`")
WORDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def from_plain(
    value: object,
    kind: type[T],
    hooks: Sequence[Hook] = (),
    unknown: Unknown = "ignored",
    missing: Missing = "default",
) -> T:
    """A value of ``kind`` from the JSON value that ``to_plain`` wrote, or that anyone else did.

    Args:
        value: Any JSON value.
        kind: A dataclass, of the types that ``to_plain`` takes. Its annotations say what fits.
        hooks: Of the types that are written as another one.
        unknown: Whether fields that ``kind`` has not are ignored or refused.
        missing: Whether fields that are not there have their default, or are refused.

    Raises:
        FieldError: A ValueError that names the first field that does not fit, and why.
        UserError: As ``kind`` itself raises it when it is made.

    """
    read: T = _read(value, kind, Rules(tuple(hooks), unknown, missing), "")
    return read


def known_fields(
    value: object, kind: type, hooks: Sequence[Hook] = (), missing: Missing = "default"
) -> dict[str, Any]:
    """Each field of ``kind`` that ``value`` gives, by itself; what makes no sense is left out.

    Args:
        value: Any JSON value.
        kind: A dataclass.
        hooks: Of the types that are written as another one.
        missing: Of the objects inside it, as in ``from_plain``.

    """
    known: dict[str, Any] = {}
    given = value if isinstance(value, Mapping) else {}
    for name, hint in hints_of(kind).items():
        if name in given:
            try:
                known[name] = _read(given[name], hint, Rules(tuple(hooks), missing=missing), name)
            except (ValueError, UserError):
                continue
    return known


def read_field(name: str, value: object, kind: type, missing: Missing = "default") -> Any:
    """One field of the dataclass ``kind`` from its JSON value; raises as ``from_plain`` does."""
    return _read(value, hints_of(kind)[name], Rules(missing=missing), name)


def _read(value: object, kind: Any, rules: Rules, field: str) -> Any:
    form = form_of(kind, rules)
    try:
        checked = convert(value, form.shape, strict=True)
    except ValidationError as error:
        raise _named(str(error), field) from None
    except UnicodeEncodeError as error:
        raise _with_half_a_character(value, form.shape, field) from error
    return form.build(checked, field)


def _with_half_a_character(value: object, shape: Any, field: str) -> FieldError:
    """The error for text that msgspec cannot encode, where it expects another kind or no field."""
    try:
        convert(_encodable(value), shape, strict=True)
    except ValidationError as error:
        return _named(str(error), field)
    return FieldError(field, "has a field whose name has half a character")


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_encodable(name): _encodable(inner) for name, inner in value.items()}
    return [_encodable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _named(said: str, within: str) -> FieldError:
    """The error of msgspec in our words."""
    match = PLACE.fullmatch(said)
    assert match is not None  # it takes every text
    place, said = match["field"] or "", match["said"]
    field = within + place if place[:1] in ("", "[") else inside(within, place)
    if whole := OF_A_FIELD.fullmatch(said):
        reason = "is missing" if whole["what"].startswith("missing") else "is unknown"
        return FieldError(inside(field, whole["name"]), reason)
    plain = re.sub(r"`([a-z| ]+)`", _kinds, said)
    plain = re.sub(r"^Expected (.*?)(?:, got (.*))?$", _expected, plain)
    return FieldError(field, plain if plain.startswith("must") else f"cannot be: {plain}")


def _kinds(match: re.Match[str]) -> str:
    return " or ".join(WORDS.get(word, word) for word in match[1].split(" | "))


def _expected(match: re.Match[str]) -> str:
    return f"must be {match[1]}" + (f", not {match[2]}" if match[2] else "")
