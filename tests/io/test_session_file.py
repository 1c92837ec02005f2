"""Session files: written, read back, moved, and damaged in every field."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srviewer.io.saved_looks import SavedComparing, SavedLoaded, SavedView
from srviewer.io.saved_study import (
    SavedReference,
    SavedResult,
    SavedScan,
    SavedStudy,
)
from srviewer.io.session_fields import Place

from srviewer.core.planes import Plane
from srviewer.core.roi import Roi
from srviewer.errors import UserError
from srviewer.study.session_file import LARGEST, SavedSession, read_session, write_session

HERE = Path.cwd().anchor / Path("data")
STUDY = SavedStudy(
    scan=SavedScan((Place(HERE / "a.dcm"), Place(HERE / "b.dcm")), "1.2.3", 1, 0),
    results=(
        SavedResult(
            Place(HERE / "r.nii.gz"), {"disagreement": Place(HERE / "d.nii.gz")}, "fast", True
        ),
    ),
    reference=SavedReference(Place(HERE / "t.nii.gz"), "the loaded truth", False),
    request={"axis": 2, "factor": 4, "method": "linear", "isotropic": False},
    acknowledged=True,
    view=SavedView((1.0, -2.5, 3.0), (0.0, 812.5), None, 1.5, "axial", "compare", "bone", True),
    rois=(Roi("angle", Plane.CORONAL, ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 0.0, 2.0))),),
    loaded=(SavedLoaded(Place(HERE / "other.nii.gz"), "last year"),),
    shown=("loaded-0", "result-0"),
    comparing=SavedComparing(0.25, False, 12.0, 0.0, "residual", 0.02, 0.5),
)
OTHER = replace(STUDY, results=(), reference=None, rois=(), loaded=(), comparing=None)
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
    for one, other in zip(read.studies, SESSION.studies, strict=True):
        assert one.scan is not None
        assert [place.absolute for place in one.scan.places] == [HERE / "a.dcm", HERE / "b.dcm"]
        without = {"scan": None, "results": (), "reference": None, "loaded": ()}
        assert replace(one, **without) == replace(other, **without)
    shown = read.studies[1]
    assert [one.image.absolute for one in shown.loaded] == [HERE / "other.nii.gz"]
    assert shown.results[0].name == "fast" and shown.reference is not None
    write_session(path, read)
    assert read_session(path) == read


def test_the_neighbour_is_preferred_to_the_place_of_old(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "scan.nii").write_text(folder)
    scan = SavedScan((Place(tmp_path / "old" / "scan.nii"),), "scan.nii", 0, 0)
    session = SavedSession((replace(STUDY, scan=scan),))
    write_session(tmp_path / "old" / "s.srviewer", session)
    (tmp_path / "old" / "s.srviewer").rename(tmp_path / "new" / "s.srviewer")
    read = read_session(tmp_path / "new" / "s.srviewer").studies[0]
    assert read.scan is not None
    found = read.scan.places[0].find()
    assert found is not None and found.read_text() == "new"
    found.unlink()
    assert read.scan.places[0].find() == tmp_path / "old" / "scan.nii"


OF_ONE_STUDY = """
{
 "format": "srviewer session", "version": 1, "software": "srviewer 0.1.0",
 "notice": "Research use only.",
 "scan": {"files": [{"absolute": "%s", "relative": "thick.nii.gz"}],
          "uid": "thick.nii.gz", "index": 0, "frame": 0},
 "results": [], "reference": null,
 "request": {"axis": 2, "factor": 4, "method": "cubic"},
 "acknowledged": false,
 "view": {"cursor_mm": [1, -2.5, 3], "window": [0, 812.5], "centre_mm": null,
          "zoom": 1.5, "only": "axial", "layout": "planes"},
 "rois": []
}
"""


def test_a_file_of_the_first_version_is_read_as_one_study(tmp_path: Path) -> None:
    path = tmp_path / "old.srviewer"
    path.write_text(OF_ONE_STUDY % (HERE / "thick.nii.gz").as_posix(), encoding="utf-8")
    read = read_session(path)
    study = SavedStudy(
        scan=SavedScan(
            (Place(HERE / "thick.nii.gz", tmp_path / "thick.nii.gz"),), "thick.nii.gz", 0, 0
        ),
        results=(),
        reference=None,
        request={"axis": 2, "factor": 4, "method": "cubic"},
        acknowledged=False,
        view=SavedView((1.0, -2.5, 3.0), (0.0, 812.5), None, 1.5, "axial", "planes"),
    )
    assert read == SavedSession((study,), 0)
    write_session(path, read)  # saved again, it is of the new form
    assert read_session(path).studies[0].view == study.view
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 2


def test_a_file_that_says_nothing_of_comparing_is_read(tmp_path: Path) -> None:
    document = _document(tmp_path)
    for field in ("loaded", "comparing"):
        del document["studies"][1][field]
    path = tmp_path / "earlier.srviewer"
    path.write_text(json.dumps(document))
    study = read_session(path).studies[1]
    assert study.loaded == () and study.comparing is None
    assert study.shown == STUDY.shown and study.view == STUDY.view


def test_settings_of_any_shape_are_kept_and_the_first_version_can_read_its_own(
    tmp_path: Path,
) -> None:
    settings = {"axis": 2, "thickness_mm": 3.1, "also": [[1, 2]], "adaptation": {"seconds": 60.0}}
    path = tmp_path / "s.srviewer"
    write_session(path, SavedSession((replace(STUDY, request=settings),)))
    (study,) = json.loads(path.read_text(encoding="utf-8"))["studies"]
    assert study["request"] == {"axis": 2, "thickness_mm": 3.1}  # it refuses lists and objects
    assert read_session(path).studies[0].request == settings
    study["request"]["factor"] = 10**400
    study["request"]["also"], study["settings"]["axis"] = {"k": []}, [2]
    document = {**json.loads(path.read_text(encoding="utf-8")), "studies": [study]}
    path.write_text(json.dumps(document))
    found = read_session(path).studies[0].request  # what makes no sense is left to its reader
    assert found == {**settings, "factor": 10**400, "axis": [2]}


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("format",), "something else"),
        (("version",), 3),
        (("version",), 1),
        (("studies",), []),
        (("front",), 2),
        (("front",), -1),
        (("version",), True),
        (
            (
                "studies",
                1,
                "scan",
            ),
            None,
        ),
        (("studies", 1, "scan", "files"), []),
        (("studies", 1, "scan", "files", 0, "absolute"), "relative/path"),
        (("studies", 1, "scan", "files", 0, "absolute"), "\ud800"),
        (("studies", 1, "scan", "frame"), -1),
        (("studies", 1, "scan", "index"), 1e3),
        (
            (
                "studies",
                1,
                "results",
            ),
            {},
        ),
        (("studies", 1, "results", 0, "image"), None),
        (("studies", 1, "request"), [2]),
        (("studies", 1, "settings"), "cubic"),
        (
            (
                "studies",
                1,
                "acknowledged",
            ),
            1,
        ),
        (("studies", 1, "view", "cursor_mm"), [0, 0]),
        (("studies", 1, "view", "cursor_mm", 0), "far"),
        (("studies", 1, "view", "window"), [5, 5]),
        (("studies", 1, "view", "zoom"), 10**400),
        (("studies", 1, "rois", 0, "kind"), "circle"),
        (("studies", 1, "rois", 0, "plane"), "oblique"),
        (("studies", 1, "rois", 0, "points_mm"), []),
        (("studies", 1, "rois", 0, "name"), "x" * 20_000),
        (("studies", 1, "loaded", 0, "image"), "other.nii.gz"),
        (("studies", 1, "loaded", 0, "name"), 3),
        (("studies", 1, "comparing", "divider"), None),
        (("studies", 1, "comparing", "upright"), "yes"),
        (("studies", 1, "comparing", "tile_mm"), 0),
        (("studies", 1, "comparing", "difference_range"), -1),
        (("studies", 1, "comparing", "map"), []),
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
    path = tmp_path / "damaged.srviewer"
    path.write_text(json.dumps(document))
    with pytest.raises(UserError, match=r"damaged\.srviewer"):
        read_session(path)


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
def test_anything_in_any_place_is_a_session_or_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    inner: Any = _document(folder)
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
    path = folder / "fuzzed.srviewer"
    path.write_text(json.dumps(document), encoding="utf-8")
    with suppress(UserError):
        read_session(path)
