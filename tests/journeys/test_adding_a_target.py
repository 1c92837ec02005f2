"""To add an export target: one row of TARGETS. The verbs and the window then export to it."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.bids.names import BidsName
from srviewer.io.sidecars.provenance import as_text, sidecar, story
from srviewer.io.targets import TARGETS, Export, Target, Written
from srviewer.job import Job, Progress, run
from srviewer.sr.batch.items import select
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.work import reconstructing
from srviewer.sr.requests.request import Request


def _check(path: Path, name: BidsName | None) -> None:
    """Anything goes."""


def _draft(export: Export, path: Path) -> Job[str]:
    yield Progress(0.0, "Writing")
    np.save(path, export.volume.voxels)
    sidecar(path).write_text(as_text(story(export.volume, export.provenance)))
    return ""


def _write(export: Export) -> Job[Written]:
    yield from _draft(export, export.path)
    return Written(export.path)


ADDED = Target(
    id="numpy",
    noun="NumPy file",
    option=("--numpy",),
    metavar="OUT.npy",
    one="a NumPy file",
    many="a folder for NumPy files",
    title="Export as NumPy file\u2026",
    tip="The voxels alone",
    question="Export as a NumPy file",
    place="file",
    ending=".npy",
    stores={"float32": "NumPy, float32 (*.npy)"},
    streams=False,
    check=_check,
    write=_write,
    draft=_draft,
)


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """TARGETS with one more row, wherever it was imported."""
    before = TARGETS
    for module in tuple(sys.modules.values()):
        if getattr(module, "TARGETS", None) is before:
            monkeypatch.setattr(module, "TARGETS", (*before, ADDED))


@pytest.fixture
def stored(thick_head: Volume, tmp_path: Path) -> Path:
    path = tmp_path / "scan.nii.gz"
    nib.save(nib.Nifti1Image(thick_head.voxels, thick_head.geometry.affine), path)
    return path


def test_reconstruct_writes_it(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = stored.with_name("thin.npy")
    assert main(["reconstruct", str(stored), "--numpy", str(out), "--method=cubic"]) == 0
    assert np.load(out).shape == (40, 48, 36)
    with pytest.raises(SystemExit):
        main(["reconstruct", "--help"])
    assert "--numpy OUT.npy" in capsys.readouterr().out


def test_batch_writes_it(
    stored: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path_factory.mktemp("batch")
    settings = Settings(Request(0, 2, "cubic"), None, None, "float32", False, target="numpy")
    (item,) = run(select([stored], False, ADDED)).items
    done = run(reconstructing(item, settings, BatchFolder(out, "one")))
    assert str(done.output) == "scan_thin.npy" and done.status == "done"
    again = run(reconstructing(item, settings, BatchFolder(out, "two")))
    assert again.status == "done before"
    with pytest.raises(SystemExit):
        main(["batch", "--help"])
    assert "--numpy DIR" in capsys.readouterr().out


def test_the_window_offers_and_writes_it(
    opened: MainWindow, until: Callable[[Callable[[], bool]], None], qtbot: QtBot, tmp_path: Path
) -> None:
    exports = opened.exports
    entries = opened.actions_offered.menu("exports").actions()
    assert entries[-1].text() == ADDED.title and not entries[-1].isEnabled()
    request = opened.study.request
    assert request is not None
    opened.study.set_request(replace(request, method="cubic"))
    opened.controller.reconstructing.start()
    until(lambda: opened.study.result is not None)
    with qtbot.waitSignal(opened.controller.exporting.exported):
        exports.export(ADDED, tmp_path / "thin.npy", "float32")
    assert np.load(tmp_path / "thin.npy").shape == (40, 48, 36)
