"""The state of a study: what changed, and that sessions give back every field of it."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import get_type_hints

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.io import formats
from srviewer.io.export.image import write_image
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.evaluate import score_beside_cubic
from srviewer.study.missing import missing
from srviewer.study.opening import opened
from srviewer.study.sessions.document import fields_of, plain_fields
from srviewer.study.sessions.restore import restore
from srviewer.study.sessions.store import store
from srviewer.study.state.held_file import file_of, held_in
from srviewer.study.state.origin import Origin
from srviewer.study.state.overlay import overlay_of
from srviewer.study.state.reference import Reference
from srviewer.study.state.study_state import StudyState, changes
from tests.study.plain_values import values_of

SAVED = tuple(row.name for row in fields(StudyState) if row.metadata.get("saved"))
HINTS = get_type_hints(StudyState, include_extras=True)
# What is saved by files: a field that is neither here nor among SAVED is lost with the session.
BY_FILES = {
    "scan",
    "origin",
    "sources",
    "auto_window",
    "compared_volumes",
    "reference",
    "overlays",
    "second_study",  # by its number in the session
}


@st.composite
def plain_states(draw: st.DrawFn) -> StudyState:
    """A state with any values in the fields that session files hold as such."""
    state = StudyState(**{name: draw(values_of(HINTS[name])) for name in SAVED})
    locked = draw(st.sampled_from((None, *state.rois)))
    return replace(state, locked=locked)


def test_every_field_is_saved() -> None:
    assert {row.name for row in fields(StudyState)} == {*SAVED, *BY_FILES}


@given(state=plain_states())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_plain_fields_come_back_from_json(state: StudyState) -> None:
    known = fields_of(json.loads(json.dumps(plain_fields(state))))
    assert known == {name: getattr(state, name) for name in SAVED}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> StudyState:
    """A study with something in every field, of files and of volumes that no file holds."""
    folder = tmp_path_factory.mktemp("full")
    rng = np.random.default_rng(3)
    geometry = Geometry((12, 14, 16), np.diag((1.0, 1.0, 1.0, 1.0)))
    thin = Volume(rng.uniform(0, 900, geometry.shape).astype(np.float32), geometry, "thin")
    thick = Volume(
        thin.voxels.reshape(12, 14, 4, 4).mean(axis=3), geometry.coarsened(2, 4), "thick"
    )
    for volume in (thin, thick):
        run(write_image(volume, folder / f"{volume.name}.nii.gz", {}))
    found = run(formats.scan([folder / "thick.nii.gz"]))
    series = found.series[0]
    scan = run(series.read(0))
    origin = Origin((folder / "thick.nii.gz",), series, 0, found)
    truth_file = folder / "thin.nii.gz"
    truth = held_in(truth_file, run(formats.read(truth_file)))
    request = Request(2, 4, "linear", device="cpu")
    made = run(reconstruct(scan, request))
    state = opened(scan, StudyState(), "cpu", origin, series.sources)
    state = state.with_result(made).with_reference(Reference(truth, "the phantom", None))
    state = state.keeping(state.compared_volumes.with_loaded(truth, "last year"))
    scores = run(score_beside_cubic(truth, scan, made.volume, request, "the phantom"))
    state = replace(state, compared_volumes=state.compared_volumes.scored("result-1", scores))
    return replace(state, request=request, overlays=(overlay_of(truth).seen_at(0.25),))


@pytest.fixture(scope="module")
def back(full: StudyState, tmp_path_factory: pytest.TempPathFactory) -> StudyState:
    folder = tmp_path_factory.mktemp("session")
    path = folder / "s.srviewer"
    run(store(path, [full], 0, folder, Path.exists))
    session = run(restore(path, StudyState(), "cpu", Path.exists))
    assert session.problems == ()
    return session.states[0]


def _same(one: Volume | None, other: Volume | None) -> bool:
    assert one is not None and other is not None
    return one.geometry.matches(other.geometry) and np.array_equal(one.voxels, other.voxels)


def test_a_stored_study_comes_back_with_its_volumes(full: StudyState, back: StudyState) -> None:
    assert _same(full.scan, back.scan) and back.sources == full.sources
    assert back.origin is not None and full.origin is not None
    assert back.origin.paths == full.origin.paths
    assert back.auto_window == full.auto_window
    assert back.reference is not None and full.reference is not None
    assert _same(back.reference.volume, full.reference.volume)
    assert back.reference.meaning == "the phantom"
    assert file_of(back.reference.volume) == file_of(full.reference.volume) is not None
    (layer,), (was,) = back.overlays, full.overlays
    assert _same(layer.volume, was.volume) and (layer.opacity, layer.threshold) == (
        was.opacity,
        was.threshold,
    )
    assert {name: getattr(back, name) for name in SAVED} == {
        name: getattr(full, name) for name in SAVED
    }


def test_a_stored_study_comes_back_with_its_results(full: StudyState, back: StudyState) -> None:
    kept, was = back.compared_volumes, full.compared_volumes
    assert [one.name for one in kept.kept] == [one.name for one in was.kept]
    assert all(_same(a.volume, b.volume) for a, b in zip(kept.kept, was.kept, strict=True))
    assert kept.result is not None and kept.result.scores == full.scores
    assert len(kept.shown) == len(was.shown) == 2
    assert all(file_of(one.volume) is not None for one in kept.kept)


def test_a_restored_study_lacks_nothing(full: StudyState, back: StudyState) -> None:
    assert missing(full) == missing(back) == ()
    without = replace(back, compared_volumes=back.compared_volumes.unscored())
    (lacking,) = missing(without)
    assert lacking.kind == "score"
    assert lacking.kept_in(without, run(lacking.job())).scores == full.scores  # type: ignore[arg-type]


def test_what_changed_is_told_by_field(full: StudyState) -> None:
    assert changes(full, replace(full)) == frozenset()
    assert changes(full, replace(full, view=replace(full.view, zoom=full.view.zoom))) == frozenset()
    assert changes(full, replace(full, acknowledged=True)) == {"acknowledged"}
    assert changes(full, full.with_reference(None)) == {"compared_volumes", "reference", "scores"}
    assert "request" in changes(full, replace(full, scan=None))
