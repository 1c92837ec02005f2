"""Reading a training plan's JSON: each value is of the kind of its field's default."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from srviewer.documents import is_number, is_text
from srviewer.errors import UserError

LARGEST = 1e18  # beyond it no number of a plan makes sense, nor fits what computes with it
LONGEST_TEXT, LONGEST_SHOWN = 10_000, 80  # characters

T = TypeVar("T")


def check_names_preset(values: Any) -> None:
    """UserError for what is no JSON object with a preset."""
    if not isinstance(values, dict):
        raise UserError("A training plan must be a JSON object.")
    if not isinstance(values.get("preset"), str):
        raise UserError("This training plan does not name its preset.")


def read_part(kind: Callable[..., T], values: Any, prefix: str) -> T:
    """``kind``, a dataclass, from a JSON object; UserError for unknown fields and other kinds.

    ``prefix``: of its fields' names in messages, such as "data.".
    """
    if not isinstance(values, dict):
        raise UserError(f"This training plan's '{prefix.rstrip('.')}' must be a JSON object.")
    defaults = {row.name: row.default for row in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(prefix + str(key) for key in set(values) - set(defaults))
    if unknown:
        raise UserError(f"This training plan has unknown fields: {_clipped(', '.join(unknown))}.")
    given = {key: _frozen(value) for key, value in values.items()}
    for key, value in given.items():
        if not _fits(value, defaults[key]):
            raise UserError(
                f"This training plan's '{prefix}{key}' cannot be {_clipped(json.dumps(value))}; "
                f"by default it is {json.dumps(defaults[key])}."
            )
    return kind(**given)


def _fits(value: Any, default: Any) -> bool:
    """Whether ``value`` is of the kind of ``default``; all members of a list are of one kind."""
    if isinstance(default, tuple):
        member = default[0] if default else ""
        return isinstance(value, tuple) and all(_fits(one, member) for one in value)
    if isinstance(default, float):
        return is_number(value) and abs(value) <= LARGEST
    if isinstance(default, str):
        return is_text(value, LONGEST_TEXT)
    if isinstance(default, int):
        return type(value) is int and abs(value) <= LARGEST
    return isinstance(value, type(default))


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
