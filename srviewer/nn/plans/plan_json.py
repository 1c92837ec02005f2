"""Reads a training plan from JSON, with messages that name the field and its default."""

import json
import re
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from srviewer.codec import DocumentType, FieldError, from_plain
from srviewer.errors import UserError

PLAN = DocumentType("srviewer training plan", 1, unmarked=1)
LONGEST_SHOWN = 80  # characters

T = TypeVar("T")


def check_names_preset(values: Any) -> None:
    """Check that a document can be a training plan.

    Args:
        values: The JSON values.

    Raises:
        UserError: They are no JSON object, or name no preset.
    """
    if not isinstance(values, dict):
        raise UserError("A training plan must be a JSON object.")
    if not isinstance(values.get("preset"), str):
        raise UserError("This training plan does not name its preset.")


def read_plan(kind: type[T], document: Any) -> T:
    """Read a plan from its JSON values.

    Args:
        kind: The dataclass of the plan, whose fields have defaults.
        document: The JSON values, of this version or an earlier one.

    Returns:
        The plan; fields that are missing have their defaults.

    Raises:
        UserError: The document names no preset, has an unknown field, or a value of another type or
            out of range.
    """
    check_names_preset(document)
    values = _present(document)
    _check_names(kind, values, "")
    try:
        return from_plain(values, kind)
    except FieldError as error:
        raise _not_of_its_kind(error, kind, values) from error


def _present(document: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan of any version, as this version has them."""
    try:
        return PLAN.upgraded(document)
    except ValueError as error:
        raise UserError(f"This training plan cannot be read: {error}.") from error


def _check_names(kind: type, values: dict[str, Any], prefix: str) -> None:
    """Raise UserError for unknown fields, and where a part of a plan is no object."""
    defaults = {row.name: row.default for row in fields(kind)}
    unknown = sorted(prefix + str(name) for name in set(values) - set(defaults))
    if unknown:
        raise UserError(f"This training plan has unknown fields: {_clipped(', '.join(unknown))}.")
    for name, value in values.items():
        if is_dataclass(defaults[name]):
            if not isinstance(value, dict):
                raise UserError(f"This training plan's '{prefix}{name}' must be a JSON object.")
            _check_names(type(defaults[name]), value, f"{prefix}{name}.")


def _not_of_its_kind(error: FieldError, kind: Any, values: dict[str, Any]) -> UserError:
    names: list[str] = []
    default, value = None, values
    for name in re.sub(r"\[.*?\]", "", error.field).split("."):
        if is_dataclass(kind):  # of a list or an object that is no part, the whole is shown
            names, default, value = [*names, name], getattr(kind, name), value[name]
            kind = type(default)
    return UserError(
        f"This training plan's '{'.'.join(names)}' cannot be {_clipped(json.dumps(value))}; "
        f"by default it is {json.dumps(default)}."
    )


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
