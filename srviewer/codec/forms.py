"""From a type annotation to what msgspec checks and what is built of it."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import UNSET, Meta, UnsetType, defstruct

from srviewer.codec.marks import Checked, Clamped, FieldError, Hook, OneOf, word_of
from srviewer.documents import LARGEST_NUMBER, is_text

LARGEST_WHOLE = 10**18
LONGEST_TEXT = 10_000  # characters
MOST_ENTRIES = 100_000  # of a list or an object

# What holds where an annotation says nothing else.
LIMITS: Mapping[Any, Mapping[str, Any]] = {
    int: {"ge": -LARGEST_WHOLE, "le": LARGEST_WHOLE},
    float: {"ge": -LARGEST_NUMBER, "le": LARGEST_NUMBER},
    str: {"max_length": LONGEST_TEXT},
    list: {"max_length": MOST_ENTRIES},
}
BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
STRICTER = {"ge": "gt", "le": "lt"}  # which of a Meta replaces which of LIMITS

Build = Callable[[Any, str], Any]
Unknown = Literal["ignored", "refused"]
Missing = Literal["default", "refused"]


@dataclass(frozen=True)
class Rules:
    """What holds in a whole document, see ``from_plain``."""

    hooks: tuple[Hook, ...] = ()
    unknown: Unknown = "ignored"
    missing: Missing = "default"


def _as_it_is(value: Any, field: str) -> Any:
    return value


@dataclass(frozen=True)
class Form:
    """``shape``: the type that msgspec checks; ``build``: from such a value and its field.

    ``build`` raises FieldError.
    """

    shape: Any
    build: Build = _as_it_is


@lru_cache(maxsize=256)
def form_of(kind: Any, rules: Rules) -> Form:
    """The form of a type annotation. Raises TypeError for one that documents cannot hold."""
    notes: list[Any] = []
    if get_origin(kind) is Annotated:
        kind, *notes = get_args(kind)
    form = _bare(kind, [note for note in notes if isinstance(note, Meta)], rules)
    for note in notes:
        if isinstance(note, OneOf | Clamped | Checked):
            form = Form(form.shape, _marked(form.build, note))
    return form


@lru_cache(maxsize=256)
def hints_of(kind: Any) -> Mapping[str, Any]:
    """Field -> annotation of a dataclass."""
    hints = get_type_hints(kind, include_extras=True)
    return {row.name: hints[row.name] for row in fields(kind) if row.init}


def inside(field: str, name: str) -> str:
    """The field ``name`` of the object ``field``."""
    return f"{field}.{name}" if field else name


def _bare(kind: Any, metas: list[Meta], rules: Rules) -> Form:
    hook = next((one for one in rules.hooks if one.kind is kind), None)
    if hook is not None:
        return _hooked(hook, rules)
    if is_dataclass(kind):
        return _dataclass(kind, rules)
    if get_origin(kind) in COMPOUND:
        return COMPOUND[get_origin(kind)](kind, metas, rules)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _words({word_of(member): member for member in kind})
    if kind in SIMPLE:
        return SIMPLE[kind](metas)
    raise TypeError(f"{kind} has no plain form")


def _bounded(shape: Any, limits: Mapping[str, Any], metas: list[Meta]) -> Any:
    asked = {
        name: getattr(meta, name)
        for meta in metas
        for name in BOUNDS
        if getattr(meta, name) is not None
    }
    usual = {name: limit for name, limit in limits.items() if STRICTER.get(name) not in asked}
    return Annotated[shape, Meta(**{**usual, **asked})]


def _hooked(hook: Hook, rules: Rules) -> Form:
    form = form_of(hook.plain, rules)
    return Form(form.shape, lambda value, field: _made(hook.read, form.build(value, field), field))


def _dataclass(kind: Any, rules: Rules) -> Form:
    hints = hints_of(kind)
    forms = {name: form_of(hint, rules) for name, hint in hints.items()}
    rows = {row.name: row for row in fields(kind)}
    shape = defstruct(
        kind.__name__,
        [_entry(rows[name], form, rules) for name, form in forms.items()],
        forbid_unknown_fields=rules.unknown == "refused",
        kw_only=True,
    )

    def build(value: Any, field: str) -> Any:
        given = {name: getattr(value, name) for name in forms}
        read = {
            name: forms[name].build(inner, inside(field, name))
            for name, inner in given.items()
            if inner is not UNSET
        }
        return _made(lambda known: kind(**known), read, field)

    return Form(shape, build)


def _entry(row: Field[Any], form: Form, rules: Rules) -> Any:
    needed = row.default is MISSING and row.default_factory is MISSING
    if needed or rules.missing == "refused":
        return row.name, form.shape
    return row.name, Union[form.shape, UnsetType], UNSET  # noqa: UP007  (a type in a variable)


def _words(members: Mapping[str, Any]) -> Form:
    def build(value: str, field: str) -> Any:
        if value not in members:
            raise FieldError(field, f"is none of {', '.join(members)}")
        return members[value]

    return Form(Annotated[str, Meta(max_length=LONGEST_TEXT)], build)


def _literal(kind: Any, metas: list[Meta], rules: Rules) -> Form:
    if not all(isinstance(word, str) for word in get_args(kind)):
        raise TypeError(f"{kind}: words are text")
    return _words({word: word for word in get_args(kind)})


def _tuple(kind: Any, metas: list[Meta], rules: Rules) -> Form:
    members = get_args(kind)
    if members[-1] is Ellipsis:
        form = form_of(members[0], rules)
        shape = types.GenericAlias(tuple, (form.shape, ...))
        return Form(
            _bounded(shape, LIMITS[list], metas),
            lambda value, field: _each((form,) * len(value), value, field),
        )
    forms = tuple(form_of(member, rules) for member in members)
    return Form(
        types.GenericAlias(tuple, tuple(form.shape for form in forms)),
        lambda value, field: _each(forms, value, field),
    )


def _list(kind: Any, metas: list[Meta], rules: Rules) -> Form:
    form = form_of(get_args(kind)[0], rules)
    return Form(
        _bounded(types.GenericAlias(list, (form.shape,)), LIMITS[list], metas),
        lambda value, field: list(_each((form,) * len(value), tuple(value), field)),
    )


def _each(forms: tuple[Form, ...], values: tuple[Any, ...], field: str) -> tuple[Any, ...]:
    return tuple(
        form.build(value, f"{field}[{number}]")
        for number, (form, value) in enumerate(zip(forms, values, strict=True))
    )


def _mapping(kind: Any, metas: list[Meta], rules: Rules) -> Form:
    name, member = get_args(kind)
    if name is not str:
        raise TypeError(f"{kind}: the fields of an object have names")
    form = form_of(member, rules)
    shape = types.GenericAlias(dict, (str, form.shape))

    def build(values: dict[str, Any], field: str) -> dict[str, Any]:
        return {
            _text(name, field): form.build(value, inside(field, name))
            for name, value in values.items()
        }

    return Form(_bounded(shape, LIMITS[list], metas), build)


def _optional(kind: Any, metas: list[Meta], rules: Rules) -> Form:
    members = [member for member in get_args(kind) if member is not NoneType]
    if len(members) != 1 or len(get_args(kind)) != 2:
        raise TypeError(f"{kind}: only one type, or null, can be read")
    form = form_of(members[0], rules)
    return Form(
        Union[form.shape, None],  # noqa: UP007  (a type in a variable)
        lambda value, field: None if value is None else form.build(value, field),
    )


def _text(value: str, field: str) -> str:
    if not is_text(value, len(value)):
        raise FieldError(field, "has half a character")
    return value


def _path(value: str, field: str) -> Path:
    if not value or "\0" in _text(value, field):
        raise FieldError(field, "is no file")
    return Path(value)


def _marked(build: Build, mark: OneOf | Clamped | Checked) -> Build:
    def marked(value: Any, field: str) -> Any:
        made = build(value, field)
        if isinstance(mark, OneOf) and made not in mark.words:
            raise FieldError(field, f"is none of {', '.join(mark.words)}")
        if isinstance(mark, Clamped):
            return min(max(made, mark.low), mark.high)
        if isinstance(mark, Checked):
            _made(mark.check, made, field)
        return made

    return marked


def _made(make: Callable[[Any], Any], value: Any, field: str) -> Any:
    """What ``make`` makes; a ValueError of its own becomes one that names the field."""
    try:
        return make(value)
    except FieldError:
        raise
    except ValueError as error:
        raise FieldError(field, f"cannot be: {error}") from error


COMPOUND: Mapping[Any, Callable[[Any, list[Meta], Rules], Form]] = {
    Literal: _literal,
    tuple: _tuple,
    list: _list,
    dict: _mapping,
    Mapping: _mapping,
    Union: _optional,
    types.UnionType: _optional,
}
SIMPLE: Mapping[Any, Callable[[list[Meta]], Form]] = {
    bool: lambda metas: Form(bool),
    int: lambda metas: Form(_bounded(int, LIMITS[int], metas)),
    float: lambda metas: Form(_bounded(float, LIMITS[float], metas)),
    str: lambda metas: Form(_bounded(str, LIMITS[str], metas), _text),
    Path: lambda metas: Form(_bounded(str, LIMITS[str], metas), _path),
    Any: lambda metas: Form(Any),
    object: lambda metas: Form(Any),
}
