"""A user saves a study and opens it again as it was."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.sessions.session_file import read_session
from srviewer.study.state.compared_volumes import REFERENCE
from srviewer.study.state.held_file import file_of

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]
Rebuild = Callable[..., None]
RULER = Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (0.0, 10.0, 0.0)), "width")


LESION = Roi("ellipse", Plane.AXIAL, ((0.0, 0.0, 0.0), (8.0, 0.0, 0.0), (0.0, 8.0, 0.0)), "lesion")


@pytest.fixture
def arranged(opened: MainWindow, rebuild: Rebuild, until: Until, truth_file: Path) -> MainWindow:
    """With two results, a reference, a measurement and a view of its own."""
    study = opened.study
    rebuild()
    rebuild("cubic")
    opened.controller.load_reference(truth_file)
    until(lambda: study.scores is not None)
    key = study.compared_volumes.results[1].key
    study.keep(study.compared_volumes.renamed(key, "the first one"))
    study.set_rois([RULER])
    study.move_cursor((3.0, 4.0, 5.0))
    study.set_window(Window(10.0, 500.0))
    study.zoom_by(2.0, study.view.cursor_mm)
    opened.arrange("curtain")
    return opened


def _saved(window: MainWindow, until: Until, path: Path) -> dict[str, object]:
    window.housekeeping.files.save(path)
    until(lambda: path.exists() and not window.controller.work.tasks)
    assert not window.error_bar.isVisible(), window.error_bar.message.text()
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_session_is_saved_dropped_on_the_window_and_is_as_it_was(
    arranged: MainWindow, drop: Drop, until: Until, tmp_path: Path
) -> None:
    study = arranged.study
    path = tmp_path / "study.srviewer"
    document = _saved(arranged, until, path)
    assert "esearch use only" in str(document["notice"])
    before, view, results = study.scan, study.view, study.compared_volumes.results
    scores = study.scores
    assert drop([path])
    until(lambda: study.scan is not before and study.scores is not None)
    assert study.scan is not None and before is not None and scores is not None
    assert np.array_equal(study.scan.voxels, before.voxels)
    assert study.view == replace(view, centre_mm=study.view.centre_mm)
    assert study.view.centre_mm == pytest.approx(view.centre_mm)
    assert study.rois == (RULER,)
    assert study.comparing.layout == "curtain"
    again = study.compared_volumes.results
    assert [one.name for one in again] == [one.name for one in results]
    assert again[1].name == "the first one"
    for one, other in zip(again, results, strict=True):
        assert one.made is not None and other.made is not None
        assert np.array_equal(one.volume.voxels, other.volume.voxels)
        assert one.volume.history == other.volume.history
        assert one.made.request == other.made.request
        assert one.made.consistency.max == pytest.approx(other.made.consistency.max)
    assert study.scores is not None
    assert study.scores.candidate.whole == scores.candidate.whole
    assert "truth.nii.gz" in study.scores.candidate.meaning
    assert arranged.recent.entries()[0] == (path,)
    assert not arranged.actions_offered["undo"].isEnabled()


def test_a_session_moves_with_its_folder_and_says_what_it_lost(
    arranged: MainWindow, until: Until, truth_file: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home of it"
    home.mkdir()
    _saved(arranged, until, home / "study.srviewer")
    moved = tmp_path / "moved" / "deep"
    moved.parent.mkdir()
    (tmp_path / "thick.nii.gz").rename(moved.parent / "thick.nii.gz")
    truth_file.unlink()
    home.rename(moved)
    before = arranged.study.scan
    arranged.open([moved / "study.srviewer"])
    until(lambda: arranged.study.scan is not before)
    assert len(arranged.study.compared_volumes.results) == 2
    assert arranged.study.reference is None
    told = arranged.error_bar.message.text()
    assert "truth.nii.gz" in told and "The rest was opened" in told

    (moved.parent / "thick.nii.gz").unlink()
    arranged.error_bar.hide()
    kept = arranged.study.scan
    arranged.open([moved / "study.srviewer"])
    until(arranged.error_bar.isVisible)
    assert "thick.nii.gz" in arranged.error_bar.message.text()
    assert arranged.study.scan is kept


def test_a_simulated_study_is_saved_with_its_scan(
    window: MainWindow, until: Until, truth_file: Path, tmp_path: Path
) -> None:
    from srviewer.core.acquisition.degradation import Degradation

    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    request = window.study.request
    assert request is not None
    window.study.set_request(replace(request, method="linear"))
    window.controller.simulate(Degradation(axis=2, factor=4))
    until(lambda: window.study.scores is not None)
    study, scores = window.study, window.study.scores
    before = study.scan
    path = tmp_path / "simulated.srviewer"
    _saved(window, until, path)
    window.open([path])
    until(lambda: study.scan is not before and study.scores is not None)
    assert before is not None and study.scan is not None
    assert study.scores is not None and scores is not None
    assert study.scan.name == before.name and study.scan.history == before.history
    assert study.scores.candidate.whole["psnr"] == pytest.approx(scores.candidate.whole["psnr"])
    assert study.scores.candidate.meaning == scores.candidate.meaning
    assert window.controller.to_thicken is not study.scan


def test_what_is_no_session_is_refused_and_changes_nothing(
    opened: MainWindow, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "bad.srviewer"
    path.write_text('{"format": "srviewer session", "version": 99}')
    kept = opened.study.scan
    opened.open([path])
    until(opened.error_bar.isVisible)
    assert "version 99" in opened.error_bar.message.text()
    assert opened.study.scan is kept


def test_layers_the_comparison_and_the_lock_come_back_and_a_lost_mask_is_named(
    arranged: MainWindow, until: Until, truth_file: Path, tmp_path: Path
) -> None:
    study = arranged.study
    look = arranged.panels.findChild(LookPanel)
    assert look is not None
    for name in ("mask.nii.gz", "lost.nii.gz"):
        (tmp_path / name).write_bytes(truth_file.read_bytes())
        count = len(study.overlays)
        look.overlays.load(tmp_path / name)
        until(lambda count=count: len(study.overlays) == count + 1)
    assert not study.overlays[0].labelled
    faint = replace(study.overlays[0].seen_at(0.25), threshold=120.0)
    look.overlays.replace(0, faint)
    study.set_rois([RULER, LESION])
    study.lock(LESION)
    old, new = (one.key for one in reversed(study.compared_volumes.results))
    study.keep(study.compared_volumes.showing((new, old, REFERENCE)))
    path = tmp_path / "looks.srviewer"
    _saved(arranged, until, path)
    (tmp_path / "lost.nii.gz").unlink()
    before = study.scan
    arranged.open([path])
    until(lambda: study.scan is not before)
    (layer,) = study.overlays
    assert layer.opacity == pytest.approx(0.25) and not layer.labelled
    assert layer.threshold == 120.0 and layer.volume.name == "mask"
    assert study.locked == LESION
    old, new = (one.key for one in reversed(study.compared_volumes.results))
    assert study.compared_volumes.shown == (new, old, REFERENCE)
    assert "lost.nii.gz" in arranged.error_bar.message.text()


def test_a_session_never_leans_on_what_was_autosaved(
    rebuild: Rebuild, opened: MainWindow, until: Until, tmp_path: Path
) -> None:
    opened.housekeeping.begin()
    rebuild()
    autosave = opened.housekeeping.autosave
    until(
        lambda: file_of(opened.study.compared_volumes.results[0].volume) and not autosave.work.tasks
    )
    path = tmp_path / "mine.srviewer"
    text = json.dumps(_saved(opened, until, path))
    assert "window-" not in text and "mine files" in text
    assert opened.close()  # nothing is asked: the session keeps the result
    saved = read_session(path).studies[0]
    assert (
        saved.results[0].image.candidates(tmp_path)[0]
        == tmp_path / "mine files" / "result-1.nii.gz"
    )


def test_a_session_opened_at_the_start_shows_its_scores(
    rebuild: Rebuild, opened: MainWindow, until: Until, tmp_path: Path, truth_file: Path
) -> None:
    study, path = opened.study, tmp_path / "scored.srviewer"
    rebuild()
    opened.controller.load_reference(truth_file)
    until(lambda: study.scores is not None)
    badges = _badges(opened)
    assert any("dB" in text for text in badges)
    _saved(opened, until, path)
    while opened.studies.states:
        opened.studies.close(0)
    opened.open([path])
    until(lambda: study.scores is not None)
    assert _badges(opened) == badges


def _badges(window: MainWindow) -> list[str]:
    panes = window.compare.result.panes.values()
    lines = [line for pane in panes for line in pane.annotations.top_right]
    return [line.text for line in (*lines, *window.compare.notes.notes)]
