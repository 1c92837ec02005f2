"""A user saves a study and opens it again, takes things back, and loses nothing in a crash."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from srviewer.core.planes import Plane
from srviewer.core.roi import Roi
from srviewer.core.window import Window
from srviewer.gui.comparables import REFERENCE
from srviewer.gui.comparing import Layout
from srviewer.gui.layer import Graded
from srviewer.gui.main_window import MainWindow
from srviewer.gui.panels.look import LookPanel
from srviewer.gui.request_options import RequestOptions
from srviewer.io.session_file import read_session

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]
RULER = Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (0.0, 10.0, 0.0)), "width")


def _rebuild(window: MainWindow, until: Until, method: str = "linear") -> None:
    request, before = window.session.request, window.session.result
    assert request is not None
    window.session.set_request(replace(request, method=method))
    window.study.reconstruct()
    until(lambda: window.session.result is not before)


def _arranged(window: MainWindow, until: Until, truth: Path) -> MainWindow:
    """With two results, a reference, a measurement and a view of its own."""
    session = window.session
    _rebuild(window, until)
    _rebuild(window, until, "cubic")
    window.study.load_reference(truth)
    until(lambda: session.scores is not None)
    key = session.comparables.results[1].key
    session.keep(session.comparables.renamed(key, "the first one"))
    session.set_rois([RULER])
    session.move_cursor((3.0, 4.0, 5.0))
    session.set_window(Window(10.0, 500.0))
    session.zoom_by(2.0, session.view.cursor_mm)
    window.arrange(Layout.CURTAIN)
    return window


def _saved(window: MainWindow, until: Until, path: Path) -> dict[str, object]:
    window.desk.files.save(path)
    until(lambda: path.exists() and not window.study.work.tasks)
    assert not window.error_bar.isVisible(), window.error_bar.message.text()
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_session_is_saved_dropped_on_the_window_and_is_as_it_was(
    opened: MainWindow, drop: Drop, until: Until, truth_file: Path, tmp_path: Path
) -> None:
    session = _arranged(opened, until, truth_file).session
    path = tmp_path / "study.srviewer"
    document = _saved(opened, until, path)
    assert "esearch use only" in str(document["notice"])
    before, view, results = session.original, session.view, session.comparables.results
    scores = session.scores
    assert drop([path])
    until(lambda: session.original is not before and session.scores is not None)
    assert session.original is not None and before is not None and scores is not None
    assert np.array_equal(session.original.voxels, before.voxels)
    assert session.view == replace(view, centre_mm=session.view.centre_mm)
    assert session.view.centre_mm == pytest.approx(view.centre_mm)
    assert session.rois == (RULER,)
    assert session.comparing.layout is Layout.CURTAIN
    again = session.comparables.results
    assert [one.name for one in again] == [one.name for one in results]
    assert again[1].name == "the first one"
    for one, other in zip(again, results, strict=True):
        assert one.made is not None and other.made is not None
        assert np.array_equal(one.volume.voxels, other.volume.voxels)
        assert one.volume.history == other.volume.history
        assert one.made.request == other.made.request
        assert one.made.consistency.max == pytest.approx(other.made.consistency.max)
    assert session.scores is not None
    assert session.scores.candidate.whole == scores.candidate.whole
    assert "truth.nii.gz" in session.scores.candidate.meaning
    assert opened.recent.entries()[0] == (path,)
    assert not opened.desk.undo.isEnabled()


def test_a_session_moves_with_its_folder_and_says_what_it_lost(
    opened: MainWindow, until: Until, truth_file: Path, tmp_path: Path
) -> None:
    _arranged(opened, until, truth_file)
    home = tmp_path / "home of it"
    home.mkdir()
    _saved(opened, until, home / "study.srviewer")
    moved = tmp_path / "moved" / "deep"
    moved.parent.mkdir()
    (tmp_path / "thick.nii.gz").rename(moved.parent / "thick.nii.gz")
    truth_file.unlink()
    home.rename(moved)
    before = opened.session.original
    opened.open([moved / "study.srviewer"])
    until(lambda: opened.session.original is not before)
    assert len(opened.session.comparables.results) == 2
    assert opened.session.reference is None
    told = opened.error_bar.message.text()
    assert "truth.nii.gz" in told and "The rest was opened" in told

    (moved.parent / "thick.nii.gz").unlink()
    opened.error_bar.hide()
    kept = opened.session.original
    opened.open([moved / "study.srviewer"])
    until(opened.error_bar.isVisible)
    assert "thick.nii.gz" in opened.error_bar.message.text()
    assert opened.session.original is kept


def test_a_simulated_study_is_saved_with_its_scan(
    window: MainWindow, until: Until, truth_file: Path, tmp_path: Path
) -> None:
    from srviewer.core.degrade import Degradation

    window.open([truth_file])
    until(lambda: window.session.original is not None)
    request = window.session.request
    assert request is not None
    window.session.set_request(replace(request, method="linear"))
    window.study.simulate(Degradation(axis=2, factor=4))
    until(lambda: window.session.scores is not None)
    session, scores = window.session, window.session.scores
    before = session.original
    path = tmp_path / "simulated.srviewer"
    _saved(window, until, path)
    window.open([path])
    until(lambda: session.original is not before and session.scores is not None)
    assert before is not None and session.original is not None
    assert session.scores is not None and scores is not None
    assert session.original.name == before.name and session.original.history == before.history
    assert session.scores.candidate.whole["psnr"] == pytest.approx(scores.candidate.whole["psnr"])
    assert session.scores.candidate.meaning == scores.candidate.meaning
    assert window.study.to_thicken is not session.original


def test_what_is_no_session_is_refused_and_changes_nothing(
    opened: MainWindow, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "bad.srviewer"
    path.write_text('{"format": "srviewer session", "version": 99}')
    kept = opened.session.original
    opened.open([path])
    until(opened.error_bar.isVisible)
    assert "version 99" in opened.error_bar.message.text()
    assert opened.session.original is kept


def test_changes_are_taken_back_and_made_again_by_keys(
    opened: MainWindow, until: Until, qtbot: QtBot, truth_file: Path
) -> None:
    session, undo = opened.session, opened.desk.undo
    assert not undo.isEnabled()
    request = session.request
    assert request is not None
    session.set_request(replace(request, factor=request.factor + 1))
    session.set_rois([RULER])
    assert undo.text() == "Undo measurement"
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    assert session.rois == () and undo.text() == "Undo reconstruction settings"
    qtbot.keyClick(opened, Qt.Key.Key_Z, control)
    assert session.request == request and not undo.isEnabled()
    qtbot.keyClick(opened, Qt.Key.Key_Z, control | shift)
    qtbot.keyClick(opened, Qt.Key.Key_Z, control | shift)
    assert session.rois == (RULER,) and session.request != request
    assert not opened.desk.redo.isEnabled()

    opened.study.load_reference(truth_file)
    until(lambda: session.reference is not None)
    undo.trigger()
    assert session.reference is None
    opened.desk.redo.trigger()
    assert session.reference is not None


def test_a_drag_of_the_grey_levels_is_one_step(opened: MainWindow) -> None:
    session = opened.session
    first = session.view.window
    for step in range(1, 30):
        session.set_window(Window(first.low, first.high + step))
    opened.desk.undo.trigger()
    assert session.view.window == first
    assert not opened.desk.undo.isEnabled()


def test_a_removed_result_comes_back_beside_a_newer_one(opened: MainWindow, until: Until) -> None:
    session = opened.session
    _rebuild(opened, until)
    _rebuild(opened, until, "cubic")
    removed = session.comparables.results[1]
    session.keep(session.comparables.without(removed.key))
    assert opened.desk.undo.text() == "Undo list of results"
    _rebuild(opened, until, "nearest")
    while opened.desk.undo.text() != "Undo list of results":
        opened.desk.undo.trigger()
    opened.desk.undo.trigger()
    results = session.comparables.results
    assert len(results) == 3
    assert removed.volume in [one.volume for one in results]
    opened.desk.redo.trigger()
    assert len(session.comparables.results) == 2


def test_another_scan_forgets_what_could_be_taken_back(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    opened.session.set_rois([RULER])
    assert opened.desk.undo.isEnabled()
    before = opened.session.original
    opened.open([truth_file])
    until(lambda: opened.session.original is not before)
    assert not opened.desk.undo.isEnabled()


CRASH = """
import json
import sys
from dataclasses import replace
from pathlib import Path
from PySide6.QtCore import QTimer
import srviewer.gui.app as app
from srviewer.gui.comparables import REFERENCE
from srviewer.gui.layer import Graded
from srviewer.gui.main_window import MainWindow
from srviewer.gui.panels.look import LookPanel
from srviewer.gui.request_options import RequestOptions
scan = Path(sys.argv[1])
class Window(MainWindow):
    def __init__(self, settings):
        super().__init__(settings)
        self.session.original_changed.connect(self.rebuild)
        self.watch = QTimer(self)
        self.watch.timeout.connect(self.tell)
        self.watch.start(100)
    def rebuild(self):
        self.session.set_request(replace(self.session.request, method="linear"))
        self.study.reconstruct()
    def tell(self):
        own = self.desk.recovery._own
        saved = json.loads(own.session.read_text()) if own.session.exists() else {"studies": []}
        if any(study["results"] for study in saved["studies"]):
            print("saved", own.path, flush=True)
            self.watch.stop()
app.MainWindow = Window
app.open_window([scan], sample=False, reconstruct=False)
"""


def _crash(scan: Path) -> Path:
    """Start a window, rebuild, wait for the autosave and kill it; the autosave's folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH, str(scan)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ.copy(),
    )
    assert process.stdout is not None
    with process.stdout:
        line = process.stdout.readline()
        assert line.startswith("saved"), line
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    return Path(line.split(maxsplit=1)[1].strip())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_after_a_crash_the_next_window_offers_what_was_open(
    window: MainWindow, until: Until, qtbot: QtBot, thick_file: Path
) -> None:
    folder = _crash(thick_file)
    window.desk.begin()
    bar = window.desk.recovery.bar
    assert bar.isVisible() and "without being closed" in bar.text.text()
    qtbot.mouseClick(bar.yes, Qt.MouseButton.LeftButton)
    until(lambda: window.session.result is not None)
    result = window.session.result
    assert result is not None and result.request.method == "linear"
    assert window.session.original is not None and window.session.original.name == "thick"
    assert not bar.isVisible()
    assert window.recent.entries() == ()  # the file that was autosaved is nobody's own
    assert folder.exists()
    assert window.close()
    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_what_a_crash_left_is_offered_to_one_window_only_and_can_be_deleted(
    window: MainWindow, qtbot: QtBot, thick_file: Path, settings: object
) -> None:
    folder = _crash(thick_file)
    window.desk.begin()
    other = MainWindow(settings)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    other.show()
    other.desk.begin()
    assert window.desk.recovery.bar.isVisible() and not other.desk.recovery.bar.isVisible()
    qtbot.mouseClick(window.desk.recovery.bar.no, Qt.MouseButton.LeftButton)
    assert not folder.exists() and not window.desk.recovery.bar.isVisible()
    other.close()


def test_a_window_that_closes_leaves_nothing_and_an_old_offer_goes(
    opened: MainWindow, until: Until
) -> None:
    from srviewer.gui import autosave_folders

    old = autosave_folders.root() / "window-old"
    old.mkdir(parents=True)
    session = old / autosave_folders.SESSION
    session.write_text("{}")
    os.utime(session, (time.time() - 15 * 86400,) * 2)
    opened.desk.begin()
    assert not old.exists() and not opened.desk.recovery.bar.isVisible()
    whole = f"window-*/{autosave_folders.SESSION}"  # not what is still being written
    until(lambda: list(autosave_folders.root().glob(whole)) != [])
    saved = next(iter(autosave_folders.root().glob(whole)))
    assert read_session(saved).studies[0].scan is not None
    opened.close()
    assert list(autosave_folders.root().iterdir()) == []


def test_a_session_never_leans_on_what_was_autosaved(
    opened: MainWindow, until: Until, tmp_path: Path
) -> None:
    opened.desk.begin()
    _rebuild(opened, until)
    recovery = opened.desk.recovery
    until(lambda: len(opened.study.whereabouts.files) > 0 and not recovery.work.tasks)
    path = tmp_path / "mine.srviewer"
    text = json.dumps(_saved(opened, until, path))
    assert "window-" not in text and "mine files" in text
    opened.close()
    saved = read_session(path).studies[0]
    assert saved.results[0].image.find() == tmp_path / "mine files" / "result-1.nii.gz"


def test_the_first_steps_are_told_once(opened: MainWindow, until: Until, truth_file: Path) -> None:
    hint = opened.desk.hint
    assert hint.isVisible()
    hint.no.click()
    assert not hint.isVisible()
    before = opened.session.original
    opened.open([truth_file])
    until(lambda: opened.session.original is not before)
    assert not hint.isVisible()


LESION = Roi("ellipse", Plane.AXIAL, ((0.0, 0.0, 0.0), (8.0, 0.0, 0.0), (0.0, 8.0, 0.0)), "lesion")


def test_the_lock_of_a_region_is_taken_back_made_again_and_goes_with_its_study(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    session, desk = opened.session, opened.desk
    options = opened.panels.findChild(RequestOptions)
    assert options is not None
    session.set_rois([RULER, LESION])
    options.lock.setCurrentIndex(1)
    options.lock.activated.emit(1)
    assert session.locked == LESION and desk.undo.text() == "Undo lock"
    desk.undo.trigger()
    assert session.locked is None and options.lock.currentText() == "Nothing"
    desk.redo.trigger()
    assert session.locked == LESION and options.lock.currentText() == "lesion"
    renamed = replace(LESION, name="core of the lesion")
    session.set_rois([RULER, renamed])  # the lock stays with what it was put on
    assert session.locked == renamed and opened.study.region is not None
    session.set_rois([])  # as "Clear" does
    assert session.locked is None and opened.study.region is None
    desk.undo.trigger()
    assert session.rois == (RULER, renamed) and session.locked == renamed
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.entries) == 2)
    assert session.locked is None
    opened.studies.show(0)
    assert session.locked == renamed and options.lock.currentText() == "core of the lesion"


def test_layers_the_comparison_and_the_lock_come_back_and_a_lost_mask_is_named(
    opened: MainWindow, until: Until, truth_file: Path, tmp_path: Path
) -> None:
    session = opened.session
    _arranged(opened, until, truth_file)
    look = opened.panels.findChild(LookPanel)
    assert look is not None
    for name in ("mask.nii.gz", "lost.nii.gz"):
        (tmp_path / name).write_bytes(truth_file.read_bytes())
        count = len(session.layers)
        look.overlays.load(tmp_path / name)
        until(lambda count=count: len(session.layers) == count + 1)
    ink = session.layers[0].ink
    assert isinstance(ink, Graded)
    faint = replace(session.layers[0].seen_at(0.25), ink=replace(ink, threshold=120.0))
    look.overlays.replace(0, faint)
    session.set_rois([RULER, LESION])
    session.lock(LESION)
    old, new = (one.key for one in reversed(session.comparables.results))
    session.keep(session.comparables.showing((new, old, REFERENCE)))
    path = tmp_path / "looks.srviewer"
    _saved(opened, until, path)
    (tmp_path / "lost.nii.gz").unlink()
    before = session.original
    opened.open([path])
    until(lambda: session.original is not before)
    (layer,) = session.layers
    assert layer.opacity == pytest.approx(0.25) and isinstance(layer.ink, Graded)
    assert layer.ink.threshold == 120.0 and layer.volume.name == "mask"
    assert session.locked == LESION
    old, new = (one.key for one in reversed(session.comparables.results))
    assert session.comparables.shown == (new, old, REFERENCE)
    assert "lost.nii.gz" in opened.error_bar.message.text()
