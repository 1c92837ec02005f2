"""A user keeps every open study in one file and finds them all again."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.user_files import autosave_folders
from srviewer.gui.window.bars.study_tabs import StudyTabs
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.sessions.session_file import read_session

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]
RULER = Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (0.0, 10.0, 0.0)), "width")


@pytest.fixture
def three(
    opened: MainWindow, until: Until, truth_file: Path, tmp_path: Path, thick_file: Path
) -> MainWindow:
    """The thick phantom, the thin one and the thick one again, each looked at in its own way.

    The first is reconstructed and has a measurement, the second is in front, in other colours.
    """
    study, studies = opened.study, opened.studies
    assert study.request is not None
    study.set_request(replace(study.request, method="linear", factor=3))
    opened.controller.reconstructing.start()
    until(lambda: study.result is not None)
    study.set_rois([RULER])
    opened.arrange("curtain")
    study.move_cursor((3.0, 4.0, 5.0))
    studies.choice = "add"
    third = tmp_path / "third.nii.gz"
    third.write_bytes(thick_file.read_bytes())
    for path in (truth_file, third):
        count = len(studies.states)
        opened.open([path])
        until(lambda count=count: len(studies.states) == count + 1)
    study.set_window(Window(20.0, 300.0))
    studies.show(1)
    study.set_colours("bone")
    study.set_inverted(True)
    study.zoom_by(2.0, study.view.cursor_mm)
    return opened


def _names(window: MainWindow) -> list[str]:
    return [state.scan.name for state in window.studies.states]


def _save(window: MainWindow, until: Until, path: Path) -> None:
    window.housekeeping.files.save(path)
    until(lambda: path.exists() and not window.controller.work.tasks)
    assert not window.error_bar.isVisible(), window.error_bar.message.text()


def _fresh(window: MainWindow) -> MainWindow:
    """Close every tab but the last, as a new window would be but for one scan."""
    while len(window.studies.states) > 1:
        window.studies.close(0)
    window.studies.choice = "replace"
    window.study.set_colours("grey")
    window.study.set_inverted(False)
    return window


def _open(window: MainWindow, until: Until, path: Path) -> Volume:
    before = window.study.scan
    window.open([path])
    until(lambda: window.study.scan is not before)
    assert window.study.scan is not None
    return window.study.scan


def test_every_open_study_comes_back_as_it_was_with_the_same_one_in_front(
    three: MainWindow, drop: Drop, until: Until, tmp_path: Path
) -> None:
    study, path = three.study, tmp_path / "all.srviewer"
    view = study.view
    three.studies.show(0)
    first, made = study.view, study.result
    assert made is not None
    three.studies.show(1)
    _save(three, until, path)
    assert three.studies.current == 1 and study.view == view  # saving moves nothing
    _fresh(three)
    before = study.scan
    assert drop([path])
    until(lambda: study.scan is not before)
    assert _names(three) == ["thick", "truth", "third"]
    strip = three.findChild(StudyTabs)
    assert strip.isVisible() and strip.currentIndex() == 1 and strip.tabText(1) == "truth"
    assert study.scan is not None and study.scan.name == "truth"
    assert study.view.window == view.window and study.view.zoom == view.zoom
    assert (study.view.colours, study.view.inverted) == ("bone", True)
    assert study.result is None and study.rois == ()

    strip.setCurrentIndex(0)
    result = study.result
    assert result is not None and np.array_equal(result.volume.voxels, made.volume.voxels)
    assert study.request is not None and study.request.factor == 3
    assert study.rois == (RULER,) and study.comparing.layout == "curtain"
    assert study.view.cursor_mm == first.cursor_mm and study.view.colours == "grey"
    strip.setCurrentIndex(2)
    assert study.view.window == Window(20.0, 300.0)
    assert study.comparing.layout == "planes"
    assert three.recent.entries()[0] == (path,)


def test_a_scan_that_is_lost_is_named_and_the_other_studies_open(
    three: MainWindow, until: Until, truth_file: Path, thick_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "all.srviewer"
    _save(three, until, path)
    _fresh(three)
    truth_file.unlink()
    shown = _open(three, until, path)
    assert shown.name == "thick" and _names(three) == ["thick", "third"]
    told = three.error_bar.message.text()
    assert three.error_bar.isVisible()
    assert "truth.nii.gz" in told and "The rest was opened" in told

    thick_file.unlink()
    (tmp_path / "third.nii.gz").unlink()
    three.error_bar.hide()
    three.open([path])
    until(three.error_bar.isVisible)
    told = three.error_bar.message.text()
    assert all(name in told for name in ("thick.nii.gz", "truth.nii.gz", "third.nii.gz"))
    assert three.study.scan is shown and len(three.studies.states) == 2


def test_a_session_joins_the_studies_that_stay(
    three: MainWindow, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "all.srviewer"
    _save(three, until, path)
    three.studies.show(2)
    three.studies.choice = "replace"
    _open(three, until, path)
    assert _names(three) == ["thick", "truth", "thick", "truth", "third"]
    assert three.studies.current == 3


def test_a_file_of_the_first_version_opens_its_one_study(
    opened: MainWindow, until: Until, thick_file: Path, tmp_path: Path
) -> None:
    opened.study.set_colours("bone")
    path = tmp_path / "old.srviewer"
    view = {"cursor_mm": [3, 4, 5], "window": [10, 500], "centre_mm": None, "zoom": 2}
    old = {
        "format": "srviewer session",
        "version": 1,
        "scan": {
            "files": [{"absolute": str(thick_file), "relative": "thick.nii.gz"}],
            "uid": "thick.nii.gz",
            "index": 0,
            "frame": 0,
        },
        "results": [],
        "reference": None,
        "request": {"axis": 2, "factor": 3, "method": "linear"},
        "acknowledged": False,
        "view": {**view, "only": "axial", "layout": "planes"},
        "rois": [],
    }
    path.write_text(json.dumps(old), encoding="utf-8")
    _open(opened, until, path)
    study = opened.study
    assert not opened.error_bar.isVisible() and _names(opened) == ["thick"]
    assert study.request is not None
    assert (study.request.method, study.request.factor) == ("linear", 3)
    assert study.view.cursor_mm == (3.0, 4.0, 5.0) and study.view.zoom == 2.0
    assert study.view.window == Window(10.0, 500.0) and study.view.only is Plane.AXIAL
    assert study.view.colours == "bone"  # it says nothing of colours: they stay


def test_the_autosave_keeps_every_study_and_its_result(
    three: MainWindow, until: Until, close: Callable[[MainWindow], bool]
) -> None:
    three.housekeeping.begin()

    def kept() -> list[Path]:
        return list(autosave_folders.root().glob(f"window-*/{autosave_folders.SESSION}"))

    until(lambda: kept() != [] and not three.housekeeping.autosave.work.tasks)
    saved = read_session(kept()[0])
    assert saved.front == 1 and len(saved.studies) == 3
    image = saved.studies[0].results[0].image.absolute
    three.studies.show(2)  # its result is not the one that is shown, and stays all the same
    until(lambda: read_session(kept()[0]).front == 2 and not three.housekeeping.autosave.work.tasks)
    assert image.exists()
    three.studies.close(1)
    until(lambda: len(read_session(kept()[0]).studies) == 2)
    assert close(three)
