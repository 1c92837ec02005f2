"""A folder in which two people share a series UID: one is chosen, saved and opened again."""

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid
from pytestqt.qtbot import QtBot

from srviewer.errors import UserError
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.dialogs.series_tree import EXPLANATION
from srviewer.gui.figures.command_line import reconstruct_line
from srviewer.gui.window.main_window import MainWindow
from srviewer.job import run
from srviewer.study.sessions.restore import restore
from srviewer.study.sessions.session_file import read_session
from srviewer.study.state.study_state import StudyState

Until = Callable[[Callable[[], bool]], None]
UID = "1.2.3.4"


@pytest.fixture
def two_people(two_series: Path) -> Path:
    """Both series with one UID, number and description; the second person's voxels are doubled."""
    for path in two_series.glob("*.dcm"):
        dataset = dcmread(path)
        if path.name.startswith("s2"):
            path.unlink()
            continue
        dataset.SeriesInstanceUID = UID
        dataset.save_as(path)
        dataset.PatientID, dataset.SOPInstanceUID = "another", generate_uid()
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.PixelData = (2 * np.frombuffer(dataset.PixelData, "<i2")).tobytes()
        dataset.save_as(two_series / path.name.replace("s1", "s3"))
    return two_series


def _picker(window: MainWindow) -> SeriesPicker | None:
    return next((p for p in window.findChildren(SeriesPicker) if p.isVisible()), None)


@pytest.fixture
def second(window: MainWindow, until: Until, two_people: Path, qtbot: QtBot) -> MainWindow:
    """The window with the second person's series open, chosen from both."""
    window.open([two_people])
    until(lambda: _picker(window) is not None)
    picker = _picker(window)
    assert picker is not None
    names = [picker.tree.row(number).text(0).split("\n")[0] for number in (0, 1)]
    assert names == ["T2 thick (1), part 1", "T2 thick (1), part 2"]
    assert "do not all name the same patient" in picker.tree.row(1).data(0, EXPLANATION)
    picker.tree.choose(1)
    picker.accept()
    until(lambda: window.study.scan is not None)
    return window


def test_the_second_person_is_found_again_wherever_the_series_stands(
    second: MainWindow, until: Until, two_people: Path, tmp_path: Path
) -> None:
    scan = second.study.scan
    assert scan is not None
    assert {path.name[:2] for path in second.study.sources} == {"s3"}
    words = shlex.split(reconstruct_line(second.controller))
    assert words[words.index("--series") + 1] == "1"
    path = tmp_path / "study.srviewer"
    second.housekeeping.files.save(path)
    until(lambda: path.exists() and not second.controller.work.tasks)
    (saved,) = read_session(path).studies
    assert saved.scan is not None
    assert scan.source is not None
    assert (saved.scan.uid, saved.scan.sha256) == (UID, scan.source.sha256)
    # A series of a lower number moves both up by one.
    for file in sorted(two_people.glob("s1*.dcm")):
        dataset = dcmread(file)
        dataset.SeriesInstanceUID, dataset.SeriesNumber = "1.2.3.5", 0
        dataset.SOPInstanceUID = generate_uid()
        dataset.save_as(two_people / file.name.replace("s1", "s0"))
    (again,) = run(restore(path, StudyState(), "auto", Path.exists)).states
    assert np.array_equal(again.scan.voxels, scan.voxels)
    # Without the second person's files the session must not show the first one's.
    kept = tmp_path / "kept"
    kept.mkdir()
    for file in two_people.glob("s3*.dcm"):
        shutil.move(file, kept)
    with pytest.raises(UserError, match="is not the scan that"):
        run(restore(path, StudyState(), "auto", Path.exists))
