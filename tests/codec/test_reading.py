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

from srviewer.codec import FieldError, from_plain, known_fields, one_of, to_plain
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.errors import UserError


class Arrangement(Enum):
    ONE = "one-pane"
    TWO = "two-panes"


@dataclass(frozen=True)
class Inner:
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    opacity: float = 1.0
    method: Annotated[str, one_of(("cubic", "cross-plane"))] = "cubic"
    gaps: Literal["run", "fill"] = "fill"
    above: Annotated[float, Meta(gt=0)] = 1.0
    numbers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "opacity", min(max(self.opacity, 0.0), 1.0))
        if len(set(self.numbers)) < len(self.numbers):
            raise ValueError("a number twice")


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
    numbers: Annotated[tuple[int, ...], Meta(max_length=3)] = ()
    inner: Inner | None = None
    maps: Mapping[str, Inner] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


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
    inner=Inner(0.25, 0.5, "cross-plane", "run", 2.0, (3, 4)),
    maps={"a": Inner(), "b": Inner(share=1.0)},
    raw={"any": [1, {"of": None}]},
)


NO_TEXT = "has half a character, or more than 10,000"


def _through_json(document: object) -> Any:
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogateescape")
    return json.loads(text.decode("utf-8", "surrogateescape"))


def test_what_is_written_is_read_back() -> None:
    plain = _through_json(to_plain(FULL))
    assert from_plain(plain, Document) == FULL
    assert plain["plane"] == "coronal" and plain["arrangement"] == "two-panes"
    least = {"path": "a", "plane": "axial", "later": 5}
    assert from_plain(least, Document) == Document(Path("a"), Plane.AXIAL)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"count": True}, "'count' must be a whole number, not true or false"),
        ({"count": 1.0}, "'count' must be a whole number, not a number"),
        ({"count": 10**400}, "'count' must be a whole number within 1e+18"),
        ({"zoom": False}, "'zoom' must be a number, not true or false"),
        ({"zoom": "2"}, "'zoom' must be a number, not text"),
        ({"zoom": math.nan}, "'zoom' must be a finite number within 1e+30"),
        ({"zoom": math.inf}, "'zoom' must be a finite number within 1e+30"),
        ({"zoom": 1e31}, "'zoom' must be a finite number within 1e+30"),
        ({"zoom": 10**400}, "'zoom' must be a whole number within 1e+18"),
        ({"zoom": "\ud800"}, f"'zoom' {NO_TEXT}"),
        ({"raw": {"a": [1e31]}}, "'raw.a[0]' must be a finite number within 1e+30"),
        ({"cursor_mm": [1, 2, "\udcff"]}, "'cursor_mm[2]' must be a number, not text"),
        ({"inner": {"\ud800": 1}}, f"'inner' {NO_TEXT}"),
        ({"flag": 1}, "'flag' must be true or false, not a whole number"),
        ({"name": "x" * 10_001}, f"'name' {NO_TEXT}"),
        ({"name": 5}, "'name' must be text or null, not a whole number"),
        ({"name": "\ud800"}, f"'name' {NO_TEXT}"),
        ({"path": ""}, "'path' cannot be: no path of a file"),
        ({"path": "a\0b"}, "'path' cannot be: no path of a file"),
        ({"path": "\ud800"}, f"'path' {NO_TEXT}"),
        ({"plane": "oblique"}, "'plane' cannot be: Invalid enum value 'oblique'"),
        ({"plane": [2, 0, 1]}, "'plane' must be text, not a list"),
        ({"arrangement": "TWO"}, "'arrangement' cannot be: Invalid enum value 'TWO'"),
        ({"cursor_mm": [0, 0]}, "'cursor_mm' must be a list of length 3, not 2"),
        ({"cursor_mm": [0, 0, None]}, "'cursor_mm[2]' must be a number, not null"),
        ({"numbers": [1, 2, 3, 4]}, "'numbers' must be a list of length <= 3"),
        ({"inner": {"numbers": [1, 1]}}, "'inner' cannot be: a number twice"),
        ({"rois": {}}, "'rois' must be a list, not an object"),
        ({"rois": [{"kind": "angle"}]}, "'rois[0].plane' is missing"),
        ({"inner": {"share": 1.5}}, "'inner.share' must be a number <= 1.0"),
        ({"inner": {"method": "magic"}}, "'inner.method' is none of cubic, cross-plane"),
        ({"inner": {"gaps": "leave"}}, "'inner.gaps' cannot be: Invalid enum value 'leave'"),
        ({"inner": {"above": 0}}, "'inner.above' must be a number > 0.0"),
        ({"maps": {"a": {"method": 5}}}, "'maps[...].method' must be text, not a whole number"),
        ({"maps": {"a": {"gaps": "x"}}}, "'maps[...].gaps' cannot be: Invalid enum value 'x'"),
        ({"maps": {"\ud800": {}}}, f"'maps' {NO_TEXT}"),
        ({"raw": []}, "'raw' must be an object, not a list"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
def test_a_value_that_does_not_fit_is_named(change: dict[str, object], reason: str) -> None:
    with pytest.raises(FieldError) as raised:
        from_plain({**to_plain(FULL), **change}, Document)
    assert str(raised.value) == reason


def test_a_roi_that_cannot_be_is_named() -> None:
    plain = to_plain(FULL)
    plain["rois"].append({**plain["rois"][0], "kind": "angle"})
    with pytest.raises(FieldError, match=r"'rois\[1\]' cannot be: a angle of 2 points"):
        from_plain(plain, Document)


def test_an_unknown_name_with_half_a_character_is_refused() -> None:
    with pytest.raises(FieldError, match="it has a field whose name has half a character"):
        from_plain({**to_plain(FULL), "\udcff": 1}, Document)


@pytest.mark.parametrize("value", [None, 3, [], "x", "\udcff"])
def test_what_is_no_object_is_no_document(value: object) -> None:
    with pytest.raises(FieldError, match="it must be an object, not"):
        from_plain(value, Document)
    assert known_fields(value, Document) == {}


def test_a_clamped_number_is_brought_into_its_range() -> None:
    assert from_plain({"opacity": 7}, Inner).opacity == 1.0
    assert from_plain({"opacity": -1e9}, Inner).opacity == 0.0


def test_known_fields_leaves_out_what_makes_no_sense() -> None:
    plain = {**to_plain(FULL), "zoom": math.nan, "inner": 3, "later": 1}
    del plain["flag"]
    expected = dict(vars(FULL))
    for name in ("zoom", "inner", "flag"):
        del expected[name]
    assert known_fields(plain, Document) == expected


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


def test_what_has_no_plain_form_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError):
        to_plain({"a": 1j})
    with pytest.raises(NotImplementedError):
        from_plain({}, complex)


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
    assert json.dumps(to_plain(known), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "surrogateescape"
    )
    with suppress(FieldError):
        assert from_plain(plain, Document) == known
