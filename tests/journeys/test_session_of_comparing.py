"""Compared volumes and their layout are there again after a session is opened, or a crash."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srviewer.gui.texts import offered
from srviewer.gui.user_files import autosave_folders
from srviewer.gui.window.main_window import MainWindow
from srviewer.sr.results.maps import RESIDUAL
from srviewer.study.sessions.document import fields_of
from srviewer.study.sessions.session_file import read_session

Until = Callable[[Callable[[], bool]], None]
Rebuild = Callable[..., None]


@pytest.fixture
def compared(
    opened: MainWindow, rebuild: Rebuild, until: Until, truth_file: Path, tmp_path: Path
) -> MainWindow:
    """Two volumes opened to be compared, the later one under a curtain that lies across, a map."""
    study = opened.study
    rebuild()
    for name in ("first.nii.gz", "second.nii.gz"):
        (tmp_path / name).write_bytes(truth_file.read_bytes())
        count = len(study.compared_volumes.loaded)
        opened.controller.load_beside(tmp_path / name)
        until(lambda count=count: len(study.compared_volumes.loaded) == count + 1)
    key = study.compared_volumes.loaded[1].key
    study.keep(study.compared_volumes.renamed(key, "a year ago"))
    study.keep(study.compared_volumes.showing((study.compared_volumes.current, key)))
    opened.arrange("curtain")
    how = replace(study.comparing, divider=0.3, upright=False, map=RESIDUAL.id, threshold=0.002)
    study.compare(replace(how, opacity=0.4, tile_mm=11.0, difference_range=33.0))
    return opened


def _reopened(window: MainWindow, until: Until, path: Path) -> MainWindow:
    window.housekeeping.files.save(path)
    until(lambda: path.exists() and not window.controller.work.tasks)
    return _open(window, until, path)


def _open(window: MainWindow, until: Until, path: Path) -> MainWindow:
    window.study.compare(replace(window.study.comparing, divider=0.9, upright=True, map=""))
    before = window.study.scan
    window.open([path])
    until(lambda: window.study.scan is not before)
    return window


def _names(window: MainWindow) -> list[str]:
    return [one.name for one in offered.compared(window.study.state)]


def test_what_was_opened_to_be_compared_comes_back_with_curtain_and_map(
    compared: MainWindow, until: Until, tmp_path: Path
) -> None:
    study = compared.study
    how, shown, before = study.comparing, _names(compared), study.compared_volumes.loaded
    assert shown[1] == "a year ago"
    _reopened(compared, until, tmp_path / "study.srviewer")
    assert not compared.error_bar.isVisible(), compared.error_bar.message.text()
    assert study.comparing == how and how.layout == "curtain" and not how.upright
    assert _names(compared) == shown
    after = study.compared_volumes.loaded
    assert [one.name for one in after] == ["first.nii.gz", "a year ago"]
    for one, other in zip(after, before, strict=True):
        assert one.volume is not other.volume
        assert np.array_equal(one.volume.voxels, other.volume.voxels)
    assert study.compared_volumes.result is not None  # the result is the current one all the same


def test_a_compared_volume_that_is_lost_is_named_and_the_rest_is_compared(
    compared: MainWindow, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "study.srviewer"
    compared.housekeeping.files.save(path)
    until(lambda: path.exists() and not compared.controller.work.tasks)
    (tmp_path / "second.nii.gz").unlink()
    _open(compared, until, path)
    assert "second.nii.gz" in compared.error_bar.message.text()
    study = compared.study
    assert [one.name for one in study.compared_volumes.loaded] == ["first.nii.gz"]
    result = study.compared_volumes.result
    assert result is not None and result.name in _names(compared)
    assert "first.nii.gz" not in _names(compared)  # it was not compared before either


def test_the_autosave_knows_what_is_compared(compared: MainWindow, until: Until) -> None:
    compared.housekeeping.begin()

    def kept() -> list[Path]:
        return list(autosave_folders.root().glob(f"window-*/{autosave_folders.SESSION}"))

    until(lambda: kept() != [] and not compared.housekeeping.autosave.work.tasks)
    study = read_session(kept()[0]).studies[0]
    assert [one.name for one in study.loaded] == ["first.nii.gz", "a year ago"]
    assert study.shown == ("result-0", "loaded-1")
    assert _divider(kept()[0]) == 0.3
    compared.study.compare(replace(compared.study.comparing, divider=0.6))
    until(lambda: _divider(kept()[0]) == 0.6)


def _divider(path: Path) -> float:
    return fields_of(read_session(path).studies[0].state)["comparing"].divider


def test_a_session_of_before_keeps_the_curtain_where_it_is(
    compared: MainWindow, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "study.srviewer"
    compared.housekeeping.files.save(path)
    until(lambda: path.exists() and not compared.controller.work.tasks)
    document = json.loads(path.read_text(encoding="utf-8"))
    saved = document["studies"][0]
    del saved["loaded"], saved["state"]["comparing"]["divider"]
    path.write_text(json.dumps(document), encoding="utf-8")
    _open(compared, until, path)
    study = compared.study
    assert not compared.error_bar.isVisible()
    assert study.comparing.divider == 0.9 and study.compared_volumes.loaded == ()
    assert study.result is not None and study.comparing.layout == "curtain"


def test_a_map_of_a_later_version_is_left_out(
    compared: MainWindow, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "study.srviewer"
    compared.housekeeping.files.save(path)
    until(lambda: path.exists() and not compared.controller.work.tasks)
    path.write_text(path.read_text(encoding="utf-8").replace('"map": "residual"', '"map": "new"'))
    _open(compared, until, path)
    assert compared.study.comparing.map == "" and compared.study.comparing.divider == 0.3
