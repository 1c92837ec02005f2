"""Session files: written, read back, moved, of earlier versions, and damaged in every field."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.errors import UserError
from srviewer.sr.requests.request import Request
from srviewer.study.sessions.document import (
    SavedLoaded,
    SavedOverlay,
    SavedReference,
    SavedResult,
    SavedScan,
    SavedSession,
    SavedStudy,
    fields_of,
    plain_fields,
)
from srviewer.study.sessions.file_location import FileLocation
from srviewer.study.sessions.session_file import LARGEST, read_session, write_session
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import View

HERE = Path.cwd().anchor / Path("data")
LESION = Roi("ellipse", Plane.CORONAL, ((1.0, 0.0, 0.0), (4.0, 0.0, 0.0), (1.0, 0.0, 3.0)))
STATE = StudyState(
    request=Request(2, 4, "linear"),
    acknowledged=True,
    comparing=Comparing("compare", 0.25, False, 12.0, 0.0, False, "residual", 0.02, 0.5),
    view=View((1.0, -2.5, 3.0), Window(0.0, 812.5), None, 1.5, Plane.AXIAL, colours="bone"),
    rois=(LESION,),
    locked=LESION,
)
STUDY = SavedStudy(
    scan=SavedScan((FileLocation(HERE / "a.dcm"), FileLocation(HERE / "b.dcm")), "1.2.3", 1, 0),
    results=(
        SavedResult(
            FileLocation(HERE / "r.nii.gz"),
            {"disagreement": FileLocation(HERE / "d.nii.gz")},
            "fast",
            True,
        ),
    ),
    reference=SavedReference(FileLocation(HERE / "t.nii.gz"), "the loaded truth", False),
    layers=(SavedOverlay(FileLocation(HERE / "m.nii.gz"), 0.5, None),),
    loaded=(SavedLoaded(FileLocation(HERE / "other.nii.gz"), "last year"),),
    shown=("loaded-0", "result-0"),
    state=plain_fields(STATE),
)
OTHER = SavedStudy(scan=STUDY.scan, state=plain_fields(StudyState()))
SESSION = SavedSession((OTHER, STUDY), 1)


def _document(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "s.srviewer"
    write_session(path, SESSION)
    return json.loads(path.read_text(encoding="utf-8"))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "s.srviewer"
    write_session(path, SESSION)
    read = read_session(path)
    assert read.front == 1 and len(read.studies) == 2
    shown = read.studies[1]
    assert [place.absolute for place in shown.scan.files] == [HERE / "a.dcm", HERE / "b.dcm"]
    assert shown.results[0].name == "fast" and shown.shown == STUDY.shown
    assert shown.results[0].maps["disagreement"].absolute == HERE / "d.nii.gz"
    assert shown.reference is not None and shown.reference.meaning == "the loaded truth"
    known = fields_of(shown.state)
    assert known == {name: getattr(STATE, name) for name in known} and "view" in known
    write_session(path, read)
    assert read_session(path) == read


def test_the_neighbour_is_preferred_to_the_place_of_old(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "scan.nii").write_text(folder)
    scan = SavedScan((FileLocation(tmp_path / "old" / "scan.nii"),), "scan.nii", 0, 0)
    write_session(tmp_path / "old" / "s.srviewer", SavedSession((SavedStudy(scan),)))
    (tmp_path / "old" / "s.srviewer").rename(tmp_path / "new" / "s.srviewer")
    (place,) = read_session(tmp_path / "new" / "s.srviewer").studies[0].scan.files
    near, far = place.candidates(tmp_path / "new")
    assert near.read_text() == "new" and far == tmp_path / "old" / "scan.nii"
    near.unlink()
    assert place.candidates(tmp_path / "new") == (far,)


# As version 0.1.0 of the program wrote one open study, and later, in "studies", several.
OF_ONE_STUDY: dict[str, Any] = {
    "format": "srviewer session",
    "version": 1,
    "software": "srviewer 0.1.0",
    "notice": "Research use only.",
    "scan": {
        "files": [{"absolute": str(HERE / "thick.nii.gz"), "relative": "thick.nii.gz"}],
        "uid": "thick.nii.gz",
        "index": 0,
        "frame": 0,
    },
    "results": [],
    "reference": None,
    "request": {"axis": 2, "factor": 4, "method": "cubic"},
    "acknowledged": False,
    "view": {
        "cursor_mm": [1, -2.5, 3],
        "window": [0, 812.5],
        "centre_mm": None,
        "zoom": 1.5,
        "only": "axial",
        "layout": "curtain",
    },
    "rois": [],
}


def _read(document: object, tmp_path: Path) -> SavedSession:
    path = tmp_path / "old.srviewer"
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_session(path)


def test_a_file_of_the_first_version_is_read_as_one_study(tmp_path: Path) -> None:
    (study,) = _read(OF_ONE_STUDY, tmp_path).studies
    assert study.scan == SavedScan(
        (FileLocation(HERE / "thick.nii.gz", "thick.nii.gz"),), "thick.nii.gz", 0, 0
    )
    assert study.state["request"] == OF_ONE_STUDY["request"]
    known = fields_of(study.state)
    assert known["view"] == View((1.0, -2.5, 3.0), Window(0.0, 812.5), None, 1.5, Plane.AXIAL)
    assert known["comparing"].layout == "curtain" and known["locked"] is None
    write_session(tmp_path / "old.srviewer", SavedSession((study,)))  # now it is of the new form
    assert json.loads((tmp_path / "old.srviewer").read_text())["version"] == 3
    assert fields_of(read_session(tmp_path / "old.srviewer").studies[0].state) == known


def test_a_file_of_the_second_version_is_read(tmp_path: Path) -> None:
    lesion = {
        "kind": "ellipse",
        "plane": "coronal",
        "points_mm": LESION.points_mm,
        "name": "",
    }
    study = {
        **OF_ONE_STUDY,
        "view": {**OF_ONE_STUDY["view"], "colours": None, "inverted": False},
        "settings": {"thickness_mm": 3.1, "also": [[1, 2]]},
        "rois": [lesion],
        "locked": 0,
        "shown": [{"key": "original"}, {"key": "cubic"}],
        "comparing": {"divider": 1.5, "upright": False, "tile_mm": 9.0, "map": "residual"},
    }
    document = {**OF_ONE_STUDY, "version": 2, "front": 1, "studies": [OF_ONE_STUDY, study]}
    session = _read(document, tmp_path)
    assert session.front == 1
    saved = session.studies[1]
    assert saved.shown == ("original", "cubic")
    assert saved.state["request"] == {**OF_ONE_STUDY["request"], **study["settings"]}
    known = fields_of(saved.state)
    assert known["locked"] == LESION == known["rois"][0]
    assert known["comparing"] == Comparing("curtain", 1.0, False, 9.0, map="residual")
    assert known["view"].colours == "grey"


def test_settings_that_make_no_sense_are_left_to_their_reader(tmp_path: Path) -> None:
    document = _document(tmp_path)
    document["studies"][1]["state"]["request"] = {"axis": [2], "factor": 3, "more": {"k": []}}
    state = _read(document, tmp_path).studies[1].state
    assert state["request"]["factor"] == 3
    assert "request" not in fields_of(state) and fields_of(state)["view"] == STATE.view


STUDY_1 = ("studies", 1)
IN_STATE = (*STUDY_1, "state")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("format",), "something else"),
        (("version",), 4),
        (("version",), 1),
        (("studies",), []),
        (("front",), 2),
        (("front",), -1),
        (("version",), True),
        ((*STUDY_1, "scan"), None),
        ((*STUDY_1, "scan", "files"), []),
        ((*STUDY_1, "scan", "files", 0, "absolute"), "relative/path"),
        ((*STUDY_1, "scan", "files", 0, "absolute"), "\ud800"),
        ((*STUDY_1, "scan", "frame"), -1),
        ((*STUDY_1, "scan", "index"), 1e3),
        ((*STUDY_1, "results"), {}),
        ((*STUDY_1, "results", 0, "image"), None),
        ((*STUDY_1, "results", 0, "scores"), []),
        ((*STUDY_1, "layers", 0, "opacity"), "half"),
        ((*STUDY_1, "loaded", 0, "image"), "other.nii.gz"),
        ((*STUDY_1, "loaded", 0, "name"), 3),
        ((*STUDY_1, "state"), [2]),
        ((*IN_STATE, "acknowledged"), 1),
        ((*IN_STATE, "view", "cursor_mm"), [0, 0]),
        ((*IN_STATE, "view", "cursor_mm", 0), "far"),
        ((*IN_STATE, "view", "window"), {"low": 5, "high": 5}),
        ((*IN_STATE, "view", "zoom"), 10**400),
        ((*IN_STATE, "rois", 0, "kind"), "circle"),
        ((*IN_STATE, "rois", 0, "plane"), "oblique"),
        ((*IN_STATE, "rois", 0, "points_mm"), []),
        ((*IN_STATE, "rois", 0, "name"), "x" * 20_000),
        ((*IN_STATE, "rois"), []),  # the locked one is among them
        ((*IN_STATE, "comparing", "divider"), None),
        ((*IN_STATE, "comparing", "upright"), "yes"),
        ((*IN_STATE, "comparing", "tile_mm"), 0),
        ((*IN_STATE, "comparing", "difference_range"), -1),
        ((*IN_STATE, "comparing", "map"), []),
    ],
)
def test_a_damaged_field_is_named(
    keys: tuple[str | int, ...], value: object, tmp_path: Path
) -> None:
    document = _document(tmp_path)
    *way, last = keys
    inner: Any = document
    for key in way:
        inner = inner[key]
    inner[last] = value
    with pytest.raises(UserError, match=r"old\.srviewer"):
        _read(document, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"format": NaN}',
        b"\xff\xfe",
        b'{"version": ' + b"9" * 5000 + b"}",
        b" " * (LARGEST + 1),
        b"[]",
    ],
    ids=["empty", "zeros", "deep", "nan", "no-utf8", "long-number", "large", "list"],
)
def test_what_is_no_session_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.srviewer"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"other\.srviewer"):
        read_session(path)


def test_a_missing_session_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.srviewer"):
        with pytest.raises(UserError):
            read_session(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(data=st.data())
@pytest.mark.parametrize("version", [2, 3])
def test_anything_in_any_place_is_a_session_or_refused(
    version: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    second = {**OF_ONE_STUDY, "version": 2, "front": 0, "studies": [OF_ONE_STUDY]}
    inner: Any = _document(folder) if version == 3 else json.loads(json.dumps(second))
    document = inner
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        key = data.draw(st.sampled_from(keys))
        deeper = isinstance(inner[key], dict | list) and len(inner[key]) > 0
        if deeper and data.draw(st.booleans()):
            inner = inner[key]
            continue
        inner[key] = data.draw(JSON)
        break
    with suppress(UserError):
        _read(document, folder)
