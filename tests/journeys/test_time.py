"""A user looks at a series in time: steps, plays, the curve, its table and a movie."""

import csv
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from srviewer import RESEARCH_USE_ONLY
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.errors import UserError
from srviewer.gui.study.time_steps import PLAY
from srviewer.gui.views.navigation import DROPPED
from srviewer.gui.window.bars.time_bar import TimeBar
from srviewer.gui.window.bars.time_curve import TimeCurve
from srviewer.gui.window.main_window import MainWindow
from srviewer.io import formats
from srviewer.job import run
from srviewer.study.volumes_in_time import VolumesInTime

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]
FRAMES, SHAPE = 4, (12, 10, 6)
LEFT = Qt.MouseButton.LeftButton


def _values() -> np.ndarray:
    """(i, j, k, t): another number in each voxel, and 1000 more in each volume."""
    one = np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE)
    return np.stack([one + 1000 * t for t in range(FRAMES)], axis=-1).astype(np.int16)


@pytest.fixture
def series(tmp_path: Path) -> Path:
    path = tmp_path / "dynamic.nii.gz"
    image = nib.Nifti1Image(_values(), np.diag([2.0, 2.0, 5.0, 1.0]))
    image.header.set_xyzt_units("mm", "msec")
    image.header["pixdim"][4] = 2500.0
    nib.save(image, path)
    return path


@pytest.fixture
def shown(window: MainWindow, drop: Drop, series: Path, until: Until) -> MainWindow:
    drop([series])
    until(lambda: window.study.scan is not None)
    return window


def _series_name(window: MainWindow) -> str:
    return window.study.state.origin.series.name


def _frame(window: MainWindow) -> int:
    origin = window.study.state.origin
    assert origin is not None and window.study.scan is not None
    assert np.array_equal(window.study.scan.voxels, _values()[..., origin.frame])
    return origin.frame


def test_keys_step_and_play_without_a_change_of_the_view(
    shown: MainWindow, qtbot: QtBot, until: Until
) -> None:
    study, bar = shown.study, shown.findChild(TimeBar)
    study.move_cursor((6.0, 8.0, 10.0))
    view, request = study.view, replace(study.request, method="cubic")
    study.set_request(request)
    qtbot.keyClick(shown, Qt.Key.Key_Period, Qt.KeyboardModifier.AltModifier)
    until(lambda: _frame(shown) == 1)
    assert (study.view, study.request) == (view, request)
    assert bar.time.text() == "2.5 s"
    qtbot.keyClick(shown, Qt.Key.Key_Comma, Qt.KeyboardModifier.AltModifier)
    until(lambda: _frame(shown) == 0)
    bar.rate.setValue(30)
    bar.loop.setChecked(False)
    qtbot.keyClick(shown, Qt.Key.Key_V)
    assert bar.play.text() == "Stop"
    until(lambda: _frame(shown) == FRAMES - 1 and bar.play.text() == "Play")
    bar.loop.setChecked(True)
    qtbot.mouseClick(bar.play, LEFT)
    until(lambda: _frame(shown) == 1)  # it began again
    qtbot.mouseClick(bar.play, LEFT)
    assert shown.controller.work.running(PLAY) is None
    until(lambda: not shown.controller.work.tasks)
    assert shown.study.view == view


def test_a_distance_has_both_ends_in_one_volume(
    shown: MainWindow, qtbot: QtBot, until: Until
) -> None:
    pane = shown.compare.scan.panes[Plane.AXIAL]
    qtbot.keyClick(pane, Qt.Key.Key_D)
    qtbot.mouseClick(pane, LEFT, pos=QPoint(60, 60))
    qtbot.keyClick(pane, Qt.Key.Key_Period, Qt.KeyboardModifier.AltModifier)
    until(lambda: _frame(shown) == 1)
    assert shown.statusBar().currentMessage() == DROPPED
    qtbot.mouseClick(pane, LEFT, pos=QPoint(90, 80))
    assert shown.study.rois == ()
    qtbot.mouseClick(pane, LEFT, pos=QPoint(60, 60))
    assert len(shown.study.rois) == 1


def test_the_shown_volume_is_in_the_session(
    shown: MainWindow, qtbot: QtBot, until: Until, tmp_path: Path, drop: Drop
) -> None:
    for frame in (1, 2):
        qtbot.keyClick(shown, Qt.Key.Key_Period, Qt.KeyboardModifier.AltModifier)
        until(lambda frame=frame: _frame(shown) == frame)
    session = tmp_path / "time.srviewer"
    saved = shown.study.scan
    shown.housekeeping.files.save(session)
    until(session.exists)
    shown.studies.close(0)
    shown.controller.open([session])
    until(lambda: shown.study.scan is not None)
    assert shown.study.scan is not saved and _frame(shown) == 2
    assert shown.findChild(TimeBar).number.value() == 3


def test_the_spin_box_keeps_the_focus_from_volume_to_volume(
    shown: MainWindow, qtbot: QtBot, until: Until
) -> None:
    bar = shown.findChild(TimeBar)
    bar.number.setFocus()
    for frame in (1, 2):
        qtbot.keyClick(bar.number, Qt.Key.Key_Up)
        until(lambda frame=frame: _frame(shown) == frame)
    assert bar.number.hasFocus() and bar.slider.value() == 3


def test_a_result_stays_with_its_volume_while_others_are_played(
    shown: MainWindow, qtbot: QtBot, until: Until
) -> None:
    study, bar = shown.study, shown.findChild(TimeBar)
    study.set_request(replace(study.request, method="nearest"))
    shown.controller.reconstructing.start()
    until(lambda: study.result is not None)
    result = study.result
    assert bar.note.isVisible() and "volume 1" in bar.note.text()
    qtbot.keyClick(shown, Qt.Key.Key_V)
    until(lambda: _frame(shown) == 2)
    qtbot.keyClick(shown, Qt.Key.Key_V)
    assert study.result is None and not bar.note.isVisible()
    assert len(shown.studies.states) == 2
    shown.studies.show(0)
    assert study.result is result and _frame(shown) == 0


def test_what_was_drawn_can_be_taken_back_on_another_volume(
    shown: MainWindow, qtbot: QtBot, until: Until
) -> None:
    roi = Roi("distance", Plane.AXIAL, ((2.0, 2.0, 10.0), (8.0, 8.0, 10.0)))
    shown.study.set_rois([roi])
    qtbot.keyClick(shown, Qt.Key.Key_Period, Qt.KeyboardModifier.AltModifier)
    until(lambda: _frame(shown) == 1)
    assert shown.study.rois == (roi,)
    shown.actions_offered["undo"].trigger()
    assert shown.study.rois == () and _frame(shown) == 1


def test_a_removed_result_does_not_come_back_on_another_volume(
    shown: MainWindow, qtbot: QtBot, until: Until
) -> None:
    study = shown.study
    study.set_request(replace(study.request, method="nearest"))
    shown.controller.reconstructing.start()
    until(lambda: study.result is not None)
    (made,) = study.compared_volumes.results
    study.keep(study.compared_volumes.without(made.key))
    qtbot.keyClick(shown, Qt.Key.Key_Period, Qt.KeyboardModifier.AltModifier)
    until(lambda: _frame(shown) == 1)
    while shown.actions_offered["undo"].isEnabled():
        shown.actions_offered["undo"].trigger()
    assert study.result is None and study.request.method != "nearest"


def test_the_curve_follows_the_crosshair_and_is_written_as_a_table(
    shown: MainWindow, qtbot: QtBot, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, curve = shown.study, shown.findChild(TimeCurve)
    study.move_cursor((6.0, 8.0, 10.0))
    qtbot.keyClick(shown, Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: bool(np.isfinite(curve.curve()[0]).all()))
    assert np.array_equal(curve.curve()[0], _values()[3, 4, 2])
    plot = curve.findChildren(type(curve._plot))[0]
    until(lambda: plot.isVisible() and plot.width() > 100)
    box = plot.getPlotItem().vb
    there = plot.mapFromScene(box.mapViewToScene(QPointF(7.5, 2000.0)))
    qtbot.mouseClick(plot.viewport(), LEFT, pos=there)
    until(lambda: _frame(shown) == 3)
    corners = ((6.0, 8.0, 10.0), (9.0, 8.0, 10.0), (6.0, 11.0, 10.0))
    roi = Roi("rectangle", Plane.AXIAL, corners, "lesion")
    study.set_rois([roi])
    curve.of.setCurrentIndex(1)
    curve.of.activated.emit(1)
    mean = _values()[2:5, 3:6, 2].reshape(9, FRAMES).mean(axis=0)
    assert np.allclose(curve.curve()[0], mean)
    path, proposals = tmp_path / "curve.csv", []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *a: proposals.append(Path(a[2])) or (str(path), "")
    )
    qtbot.mouseClick(curve.export, LEFT)
    assert proposals[0].name == f"{_series_name(shown)}_time.csv"  # of no volume alone
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["time_s"] for row in rows] == ["0", "2.5", "5", "7.5"]
    assert np.allclose([float(row["value"]) for row in rows], mean, rtol=1e-5)
    assert rows[0]["of"] == "lesion" and rows[0]["notice"] == RESEARCH_USE_ONLY
    qtbot.keyClick(shown, Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
    assert not curve.isVisible()


@pytest.mark.parametrize("ending", ["png", "gif", "webp", "zip"])
def test_save_a_movie_of_all_volumes(
    shown: MainWindow,
    until: Until,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    path, before = tmp_path / f"movie.{ending}", shown.study.state
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    shown.findChild(TimeBar).movie.click()
    until(path.exists)
    until(lambda: not shown.controller.work.tasks)
    assert shown.study.state is before
    if ending == "zip":
        with zipfile.ZipFile(path) as archive:
            assert archive.namelist() == [f"movie_{n:03}.png" for n in (1, 2, 3, 4)]
            images = [np.asarray(Image.open(archive.open(name))) for name in archive.namelist()]
    else:
        with Image.open(path) as movie:
            assert movie.n_frames == FRAMES
            images = []
            for number in range(FRAMES):
                movie.seek(number)
                images.append(np.asarray(movie.convert("RGB")))
    brightness = [image[50:600, 50:600].mean() for image in images]
    assert sorted(brightness) == brightness and brightness[0] < brightness[-1]


def test_a_movie_that_is_cancelled_or_misnamed_leaves_no_file(
    shown: MainWindow, qtbot: QtBot, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter([tmp_path / "movie.gif", tmp_path / "movie.avi"])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(next(names)), ""))
    bar, work, failures = shown.findChild(TimeBar), shown.controller.work, []
    shown.controller.failed.connect(lambda title, error: failures.append(str(error)))
    bar.movie.click()
    work.cancel_for_user(work.tasks[0])
    until(lambda: not work.tasks)
    bar.movie.click()
    assert "must end with" in failures[0]
    assert not list(tmp_path.glob("*movie*"))


@pytest.mark.parametrize("packed", [True, False])
def test_memory_is_bounded_and_holds_what_the_file_holds(series: Path, packed: bool) -> None:
    if not packed:
        nib.save(nib.load(series), series.with_suffix(""))
        series = series.with_suffix("")
    (opened,) = run(formats.scan([series])).series
    assert opened.interval_s == 2.5
    size = 2 * int(np.prod(SHAPE))  # bytes of a volume of int16
    volumes = VolumesInTime(opened, most_bytes=2 * size)
    run(volumes.read_all())
    assert volumes.kept == (0, 1)
    index = np.array([[3, 4, 2]])
    assert np.array_equal(volumes.means(index), [*_values()[3, 4, 2, :2], np.nan, np.nan], True)
    for frame in (0, 3):
        volume = run(volumes.read(frame))
        assert np.array_equal(volume.voxels, _values()[..., frame])
        assert volume.voxels.dtype == np.float32 and f"volume {frame + 1}" in volume.name
    assert volumes.kept == (0, 3)  # volume 2 was used longest ago


def test_one_pass_gives_the_same_volumes_and_nothing_of_a_damaged_file(series: Path) -> None:
    content = series.read_bytes()
    series.write_bytes(content + b"behind it")
    (opened,) = run(formats.scan([series])).series
    volumes = VolumesInTime(opened)
    run(volumes.read_ahead())
    assert volumes.kept == (0, 1, 2, 3)
    for frame in range(FRAMES):
        kept, alone = run(volumes.read(frame)), run(opened.read(frame))
        assert np.array_equal(kept.voxels, alone.voxels)
        assert set(kept.warnings) == set(alone.warnings) and "trailing_bytes" in {
            warning.code for warning in kept.warnings
        }
    series.write_bytes(content[:-8] + bytes(8))  # the checksum at its end
    damaged = VolumesInTime(opened)
    with pytest.raises(UserError, match="damaged"):
        run(damaged.read_all())
    assert damaged.kept == ()


def test_the_interval_is_known_from_the_sidecar_and_not_without_a_unit(series: Path) -> None:
    image = nib.load(series)
    image.header.set_xyzt_units("mm", "unknown")
    nib.save(image, series)
    assert run(formats.scan([series])).series[0].interval_s is None
    series.with_name("dynamic.json").write_text('{"RepetitionTime": 1.5}')
    assert run(formats.scan([series])).series[0].interval_s == 1.5
