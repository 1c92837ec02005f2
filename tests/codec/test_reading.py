"""Dataclasses survive JSON, and a value that does not fit is refused by the name of its field."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from srviewer.codec import (
    Checked,
    Clamped,
    FieldError,
    Hook,
    OneOf,
    from_plain,
    known_fields,
    read_field,
    to_plain,
)
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.errors import UserError


class Arrangement(Enum):
    ONE = "one-pane"
    TWO = "two-panes"


def _no_repeats(values: tuple[int, ...]) -> None:
    if len(set(values)) < len(values):
        raise ValueError("a number twice")


@dataclass(frozen=True)
class Inner:
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    opacity: Annotated[float, Clamped(0.0, 1.0)] = 1.0
    method: Annotated[str, OneOf(("cubic", "linear"))] = "cubic"
    gaps: Literal["run", "fill"] = "fill"
    above: Annotated[float, Meta(gt=0)] = 1.0


@dataclass(frozen=True)
class Degrees:
    """Of temperature, as another type that is written in its own way."""

    celsius: float


@dataclass(frozen=True)
class Document:
    path: Path
    plane: Plane
    count: int = 0
    zoom: float = 1.0
    flag: bool = False
    name: str | None = None
    arrangement: Arrangement = Arrangement.ONE
    rois: tuple[Roi, ...] = ()
    cursor_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    numbers: Annotated[tuple[int, ...], Meta(max_length=3), Checked(_no_repeats)] = ()
    inner: Inner | None = None
    maps: Mapping[str, Inner] = field(default_factory=dict)
    raw: Mapping[str, object] = field(default_factory=dict)


FULL = Document(
    path=Path("/data/\udcff\udce9.nii"),
    plane=Plane.CORONAL,
    count=3,
    zoom=1.5,
    flag=True,
    name="\u00e9t\u00e9",
    arrangement=Arrangement.TWO,
    rois=(Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (0.0, 5.0, 0.0)), "width"),),
    cursor_mm=(1.0, -2.5, 3.0),
    numbers=(2, 1),
    inner=Inner(0.25, 0.5, "linear", "run", 2.0),
    maps={"a": Inner(), "b": Inner(share=1.0)},
    raw={"any": [1, {"of": None}], "huge": 10**400},
)


def _through_json(document: object) -> Any:
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogateescape")
    return json.loads(text.decode("utf-8", "surrogateescape"))


def test_what_is_written_is_read_back() -> None:
    plain = _through_json(to_plain(FULL))
    assert from_plain(plain, Document, unknown="refused", missing="refused") == FULL
    assert plain["plane"] == "coronal" and plain["arrangement"] == "two-panes"
    least = {"path": "a", "plane": "axial", "later": 5}
    assert from_plain(least, Document) == Document(Path("a"), Plane.AXIAL)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"count": True}, "'count' must be a whole number, not true or false"),
        ({"count": 1.0}, "'count' must be a whole number, not a number"),
        ({"count": 10**400}, "'count' must be a whole number <= 1000000000000000000"),
        ({"zoom": False}, "'zoom' must be a number, not true or false"),
        ({"zoom": "2"}, "'zoom' must be a number, not text"),
        ({"zoom": math.nan}, "'zoom' must be a number >= -1e+30"),
        ({"zoom": math.inf}, "'zoom' must be a number <= 1e+30"),
        ({"zoom": 1e31}, "'zoom' must be a number <= 1e+30"),
        ({"zoom": 10**400}, "'zoom' cannot be: Number out of range"),
        ({"zoom": "\ud800"}, "'zoom' must be a number, not text"),
        ({"cursor_mm": [1, 2, "\udcff"]}, "'cursor_mm[2]' must be a number, not text"),
        ({"inner": {"\ud800": 1}}, "'inner.?' is unknown"),
        ({"flag": 1}, "'flag' must be true or false, not a whole number"),
        ({"name": "x" * 10_001}, "'name' must be text of length <= 10000"),
        ({"name": 5}, "'name' must be text or null, not a whole number"),
        ({"name": "\ud800"}, "'name' has half a character"),
        ({"path": ""}, "'path' is no file"),
        ({"path": "a\0b"}, "'path' is no file"),
        ({"path": "\ud800"}, "'path' has half a character"),
        ({"plane": "oblique"}, "'plane' is none of axial, coronal, sagittal"),
        ({"plane": [2, 0, 1]}, "'plane' must be text, not a list"),
        ({"arrangement": "TWO"}, "'arrangement' is none of one-pane, two-panes"),
        ({"cursor_mm": [0, 0]}, "'cursor_mm' must be a list of length 3, not 2"),
        ({"cursor_mm": [0, 0, None]}, "'cursor_mm[2]' must be a number, not null"),
        ({"numbers": [1, 2, 3, 4]}, "'numbers' must be a list of length <= 3"),
        ({"numbers": [1, 1]}, "'numbers' cannot be: a number twice"),
        ({"rois": {}}, "'rois' must be a list, not an object"),
        ({"rois": [{"kind": "angle"}]}, "'rois[0].plane' is missing"),
        ({"inner": {"share": 1.5}}, "'inner.share' must be a number <= 1.0"),
        ({"inner": {"method": "magic"}}, "'inner.method' is none of cubic, linear"),
        ({"inner": {"gaps": "leave"}}, "'inner.gaps' is none of run, fill"),
        ({"inner": {"above": 0}}, "'inner.above' must be a number > 0.0"),
        ({"inner": {"later": 0}}, "'inner.later' is unknown"),
        ({"maps": {"a": {"method": 5}}}, "'maps[...].method' must be text, not a whole number"),
        ({"maps": {"a": {"gaps": "x"}}}, "'maps.a.gaps' is none of run, fill"),
        ({"maps": {"\ud800": {}}}, "'maps' has half a character"),
        ({"raw": []}, "'raw' must be an object, not a list"),
        ({"later": 5}, "'later' is unknown"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
def test_a_value_that_does_not_fit_is_named(change: dict[str, object], reason: str) -> None:
    with pytest.raises(FieldError) as raised:
        from_plain({**to_plain(FULL), **change}, Document, unknown="refused")
    assert str(raised.value) == reason


def test_a_roi_that_cannot_be_is_named() -> None:
    plain = to_plain(FULL)
    plain["rois"].append({**plain["rois"][0], "kind": "angle"})
    with pytest.raises(FieldError, match=r"'rois\[1\]' cannot be: a angle of 2 points"):
        from_plain(plain, Document)


def test_an_unknown_name_with_half_a_character_is_refused() -> None:
    with pytest.raises(FieldError, match="it has a field whose name has half a character"):
        from_plain({**to_plain(FULL), "\ud800": 1}, Document)


@pytest.mark.parametrize("value", [None, 3, [], "x", "\ud800"])
def test_what_is_no_object_is_no_document(value: object) -> None:
    with pytest.raises(FieldError, match="it must be an object, not"):
        from_plain(value, Document)
    assert known_fields(value, Document) == {}


def test_a_clamped_number_is_brought_into_its_range() -> None:
    assert from_plain({"opacity": 7}, Inner).opacity == 1.0
    assert from_plain({"opacity": -1e9}, Inner).opacity == 0.0


def test_missing_fields_are_refused_where_that_is_asked() -> None:
    with pytest.raises(FieldError, match="'share' is missing"):
        from_plain({"opacity": 0.5}, Inner, missing="refused")


def test_known_fields_leaves_out_what_makes_no_sense() -> None:
    plain = {**to_plain(FULL), "zoom": math.nan, "inner": 3, "later": 1}
    del plain["flag"]
    expected = dict(vars(FULL))
    for name in ("zoom", "inner", "flag"):
        del expected[name]
    assert known_fields(plain, Document) == expected
    assert read_field("numbers", [3, 1], Document) == (3, 1)
    with pytest.raises(FieldError, match=r"'numbers\[1\]' must be a whole number"):
        read_field("numbers", [3, "1"], Document)


@dataclass(frozen=True)
class Weather:
    at: tuple[Degrees, ...]


def _degrees(kelvin: float) -> Degrees:
    if kelvin < 0:
        raise ValueError("below 0 K")
    return Degrees(kelvin - 273.0)


KELVIN = Hook(Degrees, float, _degrees, lambda degrees: degrees.celsius + 273.0)


def test_a_hook_writes_a_type_as_another() -> None:
    weather = Weather((Degrees(7.0), Degrees(-3.0)))
    plain = to_plain(weather, [KELVIN])
    assert plain == {"at": [280.0, 270.0]}
    assert from_plain(plain, Weather, [KELVIN]) == weather
    with pytest.raises(FieldError, match=r"'at\[0\]' cannot be: below 0 K"):
        from_plain({"at": [-1]}, Weather, [KELVIN])
    with pytest.raises(FieldError, match=r"'at\[0\]' must be a number"):
        from_plain({"at": ["x"]}, Weather, [KELVIN])


@dataclass(frozen=True)
class Refusing:
    number: int

    def __post_init__(self) -> None:
        if self.number > 5:
            raise UserError("Give less.")


@dataclass(frozen=True)
class Outer:
    limited: Refusing
    name: str = ""


def test_what_a_user_can_act_on_passes_as_it_is() -> None:
    with pytest.raises(UserError, match=r"Give less\."):
        from_plain({"limited": {"number": 6}}, Outer)
    assert known_fields({"limited": {"number": 6}, "name": "a"}, Outer) == {"name": "a"}


@pytest.mark.parametrize("kind", [int | str, set[int], Mapping[int, str], Literal[1], complex])
def test_a_type_that_documents_cannot_hold_is_a_fault_of_ours(kind: Any) -> None:
    with pytest.raises(TypeError):
        from_plain({}, kind)


@pytest.mark.parametrize("value", [object(), {1: 2}, {"a": b"x"}, 1j])
def test_what_has_no_plain_form_is_a_fault_of_ours(value: object) -> None:
    with pytest.raises(TypeError):
        to_plain(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(list(vars(FULL))) | st.text(max_size=3)


@given(change=st.dictionaries(NAMES, JSON, max_size=3))
def test_anything_is_refused_by_name_or_read_and_written_again(change: dict[str, Any]) -> None:
    plain = {**to_plain(FULL), **change}
    known = replace(FULL, **known_fields(plain, Document))
    assert json.dumps(to_plain(replace(known, raw={})), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "surrogateescape"
    )
    with suppress(FieldError):
        assert from_plain(plain, Document) == known
