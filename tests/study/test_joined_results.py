"""A joined result in a session: it comes back with what was found of each stack."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from joined_stacks import joined_with_left_out, stacks_in
from srviewer.core.volumes.volume import Volume
from srviewer.io import formats
from srviewer.job import run
from srviewer.sr.stacks.joined import Joined
from srviewer.study.opening import opened
from srviewer.study.sessions.restore import RestoredSession, restore
from srviewer.study.sessions.store import store
from srviewer.study.state.compared_volumes import ORIGINAL
from srviewer.study.state.origin import Origin
from srviewer.study.state.result_names import result_name
from srviewer.study.state.study_state import StudyState

SESSION = "study.srviewer"


@pytest.fixture
def saved(tmp_path: Path, head: Volume) -> Joined:
    """A joined result whose study was saved in ``tmp_path``."""
    stacks = stacks_in(tmp_path, head)
    found = run(formats.scan([tmp_path / "ax.nii.gz"]))
    origin = Origin((tmp_path / "ax.nii.gz",), found.series[0], 0, found)
    joined = joined_with_left_out(stacks)
    state = opened(stacks[0], StudyState(), "cpu", origin, origin.paths).with_result(joined)
    run(store(tmp_path / SESSION, [state], 0, tmp_path / "files", lambda _: True))
    return joined


def _restored(folder: Path) -> RestoredSession:
    return run(restore(folder / SESSION, StudyState(), "cpu", lambda _: True))


def test_it_comes_back_with_what_was_found_of_each_stack(saved: Joined, tmp_path: Path) -> None:
    session = _restored(tmp_path)
    assert session.problems == ()
    (state,) = session.states
    again = state.result
    assert isinstance(again, Joined) and again.values() == saved.values()
    assert again.request.method == "cubic"
    assert again.volume.source is not None and saved.volume.source is not None
    assert again.volume.source.sha256 == saved.volume.source.sha256
    assert np.array_equal(again.volume.voxels, saved.volume.voxels)
    for stack, other in zip(again.stacks, saved.stacks, strict=True):
        assert stack.left_out is not None and other.left_out is not None
        residual, before = stack.left_out.residual, other.left_out.residual
        assert np.array_equal(residual.voxels, before.voxels)
        assert residual.geometry.matches(before.geometry)
    moved = again.stacks[1].slices
    assert moved is not None and moved.moved == (3,) and again.stacks[0].slices is None
    kept = state.compared_volumes
    assert (
        kept.shown == (ORIGINAL, kept.current) and kept.results[0].name == "2 stacks joined (cubic)"
    )
    other = replace(again, request=replace(again.request, motion="slices"))
    assert result_name(other) == "2 stacks joined (cubic), single slices moved"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"stacks": []}, "damaged"),
        ({"source_sha256": "0" * 64}, "not joined onto"),
    ],
)
def test_it_is_left_out_where_it_is_damaged_or_of_another_reference(
    saved: Joined, tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    sidecar = tmp_path / "files" / "result-1.json"
    document = json.loads(sidecar.read_text(encoding="utf-8"))
    document["provenance"] |= change
    sidecar.write_text(json.dumps(document), encoding="utf-8")
    session = _restored(tmp_path)
    assert session.states[0].result is None
    assert any(problem in line for line in session.problems)
