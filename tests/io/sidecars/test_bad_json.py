"""JSON beside images, with values of the wrong kinds: the image opens, or one message says why."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.documents import (
    MOST_BYTES,
    MOST_DEPTH,
    document_of,
    is_number,
    is_text,
    read_document,
)
from srviewer.errors import UserError
from srviewer.io.sidecars.bids_sidecar import sidecar_thickness
from srviewer.io.sidecars.exported_image import described, document_in, stated_checksum
from srviewer.study.sessions.session_file import read_session
from tests.fuzz.seeds import session_seed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty"),
        (b"{", "Expecting"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b"[1e400]", "finite"),
        (b'{"a": NaN}', "finite"),
        (b"[-Infinity]", "finite"),
        (b"[" + b"9" * 21 + b"]", "21 digits"),
        (b"[" + b"9" * 5000 + b"]", "5000 digits"),
        (b'["\\ud800"]', "half a character"),
        (b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1), "nested too deeply"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_plain_json_has_a_reason(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        document_of(text)


def test_plain_json_is_read_as_it_is() -> None:
    deep = b"[" * MOST_DEPTH + b"]" * MOST_DEPTH
    assert json.dumps(document_of(deep)).encode() == deep
    assert document_of(b'\xef\xbb\xbf{"a": [1, 2.5, null, "\\udcff"]}') == {
        "a": [1, 2.5, None, os.fsdecode(b"\xff")]
    }
    assert document_of(b"[1e400]", strict=False) == [float("inf")]


def test_only_ordinary_files_of_a_sensible_size_are_opened(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    for path in (*tmp_path.iterdir(), tmp_path / "gone"):
        with pytest.raises(OSError, match=r"folder|ordinary|larger|No such|cannot find"):
            read_document(path)


@pytest.mark.parametrize("value", [True, None, "1", [1], float("nan"), float("inf"), 10**400])
def test_what_is_no_number_is_none(value: object) -> None:
    assert not is_number(value)


def test_texts_are_short_and_can_be_written() -> None:
    assert is_text("abc", 3) and is_text(os.fsdecode(b"\xff"), 3)
    assert not any(is_text(value, 3) for value in ("abcd", "\ud800", b"abc", None, 5))


@pytest.mark.parametrize(
    ("content", "thickness"),
    [
        (b'{"SliceThickness": 3.5}', 3.5),
        (b'{"SliceThickness": 4, "RepetitionTime": NaN, "Id": 1%s}' % (b"0" * 400), 4.0),
        (b'\xef\xbb\xbf{"SliceThickness": "2.5"}', 2.5),
        *((b'{"SliceThickness": %s}' % value, None) for value in (b"-1", b"0", b"NaN", b"1e400")),
        *((b'{"SliceThickness": %s}' % value, None) for value in (b"true", b"[3]", b'"thin"')),
        (b'{"SliceThickness": 1%s}' % (b"0" * 400), None),
        *((content, None) for content in (b"", b"5", b"[]", b'"a"', b"null", b"{}", b"\xff\xfe")),
        (b"[" * 100_000, None),
    ],
)
def test_a_sidecar_says_a_thickness_or_nothing(
    content: bytes, thickness: float | None, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_bytes(content)
    assert sidecar_thickness(tmp_path / "a.nii.gz") == thickness


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_beside_an_image_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    assert sidecar_thickness(tmp_path / "a.nii.gz") is None
    with pytest.raises(UserError, match=r"'a\.json' is missing, damaged"):
        document_in(tmp_path / "a.json")


@pytest.mark.parametrize("document", [5, [], {}, {"software": 5}, {"software": {"name": 5}}])
def test_what_is_no_result_of_ours_is_one_message(document: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(document))
    with pytest.raises(UserError, match=r"'a\.json' is missing, damaged, or not of srviewer"):
        document_in(tmp_path / "a.json")


@pytest.mark.parametrize("data_type", ["O", "U99999", "\udcff", "datetime64[ns]", "c16", "", 5])
def test_voxels_are_compared_as_numbers_alone(data_type: object) -> None:
    file = {"data_type": data_type, "voxels_crc32": "00000000"}
    assert stated_checksum({"file": file}) is None
    assert stated_checksum({"file": {**file, "data_type": "float32"}}) == ("float32", "00000000")


@pytest.mark.parametrize("name", ["", 5, None, [], "\ud800", "x" * 20_000])
def test_an_image_keeps_its_own_name_where_none_is_given(name: object, thick_head: Volume) -> None:
    assert described(thick_head, {"name": name}).name == thick_head.name
    assert described(thick_head, {"name": "T2"}).name == "T2"


@pytest.mark.parametrize("place", ["request", "notice"])
def test_a_session_with_half_a_character_anywhere_is_refused(place: str, tmp_path: Path) -> None:
    """It could not be written again."""
    (content,) = session_seed().values()
    document = json.loads(content)
    study = document["studies"][0]
    (study if place in study else document)[place] = {"later": "\ud800"}
    path = tmp_path / "s.srviewer"
    path.write_text(json.dumps(document))
    with pytest.raises(UserError, match=r"'s\.srviewer' is no session file"):
        read_session(path)
