"""Values as plain JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any

from srviewer.codec.marks import Hook, word_of


def to_plain(value: object, hooks: Sequence[Hook] = ()) -> Any:
    """A value as objects, lists, text, numbers, true, false and null, for ``json.dumps``.

    Args:
        value: A dataclass, an enum's member, a mapping by text, a tuple or list, a path, or a
            value that is plain already. File names may hold bytes that are no UTF-8, as Python
            reads them: files are written with ``surrogateescape``.
        hooks: Of the types that are written as another one.

    Raises:
        TypeError: For anything else.

    """
    for hook in hooks:
        if isinstance(value, hook.kind):
            return to_plain(hook.write(value), hooks)
    if isinstance(value, Enum):
        return word_of(value)
    if is_dataclass(value):
        return {row.name: to_plain(getattr(value, row.name), hooks) for row in fields(value)}
    if isinstance(value, Mapping):
        return {_name(name): to_plain(inner, hooks) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(inner, hooks) for inner in value]
    if isinstance(value, PurePath):
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no plain form")


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{name!r} is no name of a field")
    return name
