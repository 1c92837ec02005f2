"""Every setting of a reconstruction as JSON and back; what makes no sense falls back by itself."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings_of import OTHERS, every_setting
from srviewer.core.volumes.volume import Volume
from srviewer.nn.models.model_file import save_model
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.models.available_models import find_model
from srviewer.sr.requests.automatic_model import with_automatic_model
from srviewer.sr.requests.request import LARGEST_FACTOR, Request, suggested_request
from srviewer.sr.requests.request_document import (
    known_settings,
    read_field,
    request_document,
    request_for,
)

PLAIN = Request(axis=2, factor=4)
NAMES = [field.name for field in fields(Request)]
JUNK = [
    True,
    -1,
    7.5,
    float("nan"),
    float("inf"),
    1e300,
    10**400,
    "",
    "x",
    "\ud800",
    "a\0b",
    [],
    {},
]
JUNK += [[[0, 2], [0, 3]], [[True, 2]], [[9, 2]], {"seconds": 5}, [[[[]]]], "x" * 10_000]
SENSE = {  # of those, what a field may be
    "isotropic": [True],
    "flips": [True],
    "thickness_mm": [7.5],
    "time_bandwidth": [7.5],
    "also": [[]],
    "repair": [[]],
    "model": ["x"],  # there may be one of that name
    "model_reason": ["", "x", "a\0b"],
}


def _as_json(document: object) -> dict[str, object]:
    return json.loads(json.dumps(document))


def test_the_document_and_the_tests_know_every_field() -> None:
    assert list(request_document(PLAIN)) == list(OTHERS) == NAMES
    assert all(getattr(PLAIN, name) != value for name, value in OTHERS.items())


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_survives(name: str, thick_head: Volume) -> None:
    request = replace(PLAIN, **{name: OTHERS[name]})
    assert request_for(thick_head, _as_json(request_document(request))) == request


def test_all_settings_survive_together(thick_head: Volume) -> None:
    request = every_setting(PLAIN)
    assert request_for(thick_head, _as_json(request_document(request))) == request


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: repr(junk)[:12])
@pytest.mark.parametrize("name", NAMES)
def test_a_setting_that_makes_no_sense_is_left_out_alone(name: str, junk: object) -> None:
    document = {**request_document(every_setting(PLAIN)), name: junk}
    read = known_settings(document)
    if any(type(junk) is type(one) and junk == one for one in SENSE.get(name, ())):
        del read[name]
    assert read == {key: value for key, value in OTHERS.items() if key != name}


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_setting_is_what_suits_the_scan(name: str, thick_head: Volume) -> None:
    document = request_document(replace(every_setting(PLAIN), axis=2))
    del document[name]
    read = request_for(thick_head, document)
    assert getattr(read, name) == getattr(suggested_request(thick_head, 2, read.model), name)


@pytest.mark.parametrize("document", [None, [], "cubic", 3, {}, {"request": {}}])
def test_what_is_no_request_is_what_suits_the_scan(document: object, thick_head: Volume) -> None:
    plain = suggested_request(thick_head)
    assert request_for(thick_head, document) == with_automatic_model(thick_head, plain)


def test_what_does_not_suit_this_scan_falls_back_alone(
    thick_head: Volume, make_head: Callable[..., Volume]
) -> None:
    request = replace(every_setting(PLAIN), axis=2)
    fits = request_document(request)
    assert request_for(thick_head, fits) == request
    for name, value, expected in (
        ("thickness_mm", 0.39, None),  # of slices every 4 mm
        ("thickness_mm", 16.1, None),
        ("also", [[2, 2]], ()),
    ):
        read = request_for(thick_head, {**fits, name: value})
        assert read == replace(request, **{name: expected})
    for gone in ("gone", "/nowhere/gone.safetensors"):
        read = request_for(thick_head, {**fits, "model": gone})
        assert read == with_automatic_model(thick_head, request)
    flat = make_head((16, 12, 1))
    read = request_for(flat, {**fits, "also": [[0, 2]], "thickness_mm": 1.0})
    assert read == replace(request, axis=suggested_request(flat).axis, also=(), thickness_mm=1.0)


def test_a_model_in_a_file_is_kept_by_its_path(tmp_path: Path, thick_head: Volume) -> None:
    path = tmp_path / "own model.safetensors"
    save_model(find_model("fast"), path)
    request = replace(PLAIN, model=str(path))
    assert request_for(thick_head, _as_json(request_document(request))) == request
    path.unlink()
    read = request_for(thick_head, request_document(request))
    assert read == with_automatic_model(thick_head, request)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ENTRIES = st.sampled_from(NAMES) | st.text(max_size=3)


@given(document=st.dictionaries(ENTRIES, JSON, max_size=8) | JSON)
def test_anything_is_read_as_a_request_that_is_read_back(document: object) -> None:
    request = replace(PLAIN, **known_settings(document))
    assert request.axis in (0, 1, 2) and 2 <= request.factor <= LARGEST_FACTOR
    assert known_settings(_as_json(request_document(request))) == vars(request)


@given(
    st.builds(
        Adaptation,
        seconds=st.floats(1e-3, 7 * 86400),
        steps=st.integers(0, 10**9),
        seed=st.integers(0, 2**32 - 1),
    )
)
def test_every_adaptation_survives(adaptation: Adaptation) -> None:
    document = _as_json(request_document(replace(PLAIN, adaptation=adaptation)))
    assert read_field("adaptation", document["adaptation"]) == adaptation
