"""A user drops a folder of stacks of one person, joins them, judges the result and exports it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea
from pytestqt.qtbot import QtBot

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.panels.reconstruct.join_box import JoinBox
from srviewer.gui.panels.reconstruct.joined_box import JoinedBox
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.study.report_box import ReportButton
from srviewer.gui.views.map_overlays import map_overlays
from srviewer.gui.widgets.notice import OfferBar
from srviewer.gui.window.bars.join_offer import JoinOffer
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.targets import NIFTI, target
from srviewer.sr.stacks.joined import Joined
from srviewer.study.state.compared_volumes import ORIGINAL

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def folder(tmp_path: Path, head: Volume) -> Path:
    """Two stacks of one person in one contrast, one in another, and one of another person."""
    made = tmp_path / "stacks"
    made.mkdir()
    names = ("sub-01_acq-ax_T2w", "sub-01_acq-cor_T1w", "sub-01_acq-sag_T2w", "sub-02_T2w")
    for name, axis in zip(names, (2, 1, 0, 2), strict=True):
        thick = Degradation(axis, 4).thick_volume(head)
        image = nib.Nifti1Image(np.asarray(thick.voxels), thick.geometry.affine)
        nib.save(image, made / f"{name}.nii.gz")
    return made


@pytest.fixture
def joining(window: MainWindow) -> MainWindow:
    """The window, which joins what is interpolated cubically."""
    joining = window.controller.joining
    joining.set(replace(joining.settings, method="cubic"))
    return window


def _joined(window: MainWindow) -> Joined:
    assert isinstance(window.study.result, Joined)
    return window.study.result


def _press(qtbot: QtBot, button: QAbstractButton) -> None:
    area = button.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if isinstance(area, QScrollArea):  # a mouse presses what it sees
        QApplication.processEvents()
        area.ensureWidgetVisible(button)
    start = QPoint(10, button.height() // 2)  # where the mark of a check box is
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=start)


def test_from_a_dropped_folder_to_an_exported_volume_and_back_from_a_session(
    joining: MainWindow, folder: Path, drop: Drop, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    window, study, work = joining, joining.study, joining.controller.work
    assert drop([folder])
    until(lambda: window.findChild(SeriesPicker) is not None)
    picker = window.findChild(SeriesPicker)
    until(lambda: bool(picker.findChildren(OfferBar)))
    (offer,) = picker.findChildren(OfferBar)
    assert "2 stacks of one contrast: axial, sagittal" in offer.text.text()
    _press(qtbot, offer.yes)
    until(lambda: study.result is not None)
    joined = _joined(window)
    assert [stack.name for stack in joined.stacks] == ["sub-01_acq-ax_T2w", "sub-01_acq-sag_T2w"]
    assert study.scan is not None and study.scan.name == "sub-01_acq-ax_T2w"
    assert len(window.studies.states) == 2 and not window.findChild(JoinOffer).isVisible()
    assert "stacks joined" in study.compared_volumes.results[0].name

    # Judged: each stack, its residual over the slices, and where it lies.
    box = window.panels.findChild(JoinedBox)
    assert box.isVisible() and box.table.rowCount() == 2
    box.table.setCurrentCell(1, 0)
    assert study.comparing.stack == 1 and window.plot.coherence.isVisible()
    _press(qtbot, box.residual)
    assert len(map_overlays(study)) == 1
    _press(qtbot, box.places)
    until(lambda: bool(study.compared_volumes.loaded))
    placed = study.compared_volumes.loaded[0]
    assert placed.volume.geometry.matches(joined.volume.geometry)
    assert study.compared_volumes.shown[:2] == (ORIGINAL, placed.key)
    study.keep(study.compared_volumes.renamed(placed.key, "a long name of a stack " * 3))
    assert window.minimumSizeHint().width() <= 1280
    window.actions_offered["undo"].trigger()

    # Exported, with what was found of each stack beside it.
    until(lambda: not work.tasks)
    image, report = tmp_path / "joined.nii.gz", tmp_path / "report.html"
    window.exports.export(NIFTI, image, "float32")
    window.panels.findChild(ReportButton).save(report)
    window.exports.export(target("dicom"), tmp_path / "series", "original")
    until(lambda: report.exists() and not work.tasks)
    assert not window.error_bar.isVisible(), window.error_bar.message.text()
    provenance = json.loads((tmp_path / "joined.json").read_text(encoding="utf-8"))["provenance"]
    assert [stack["name"] for stack in provenance["stacks"]] == [s.name for s in joined.stacks]
    assert "sub-01_acq-sag_T2w" in report.read_text(encoding="utf-8")
    assert list((tmp_path / "series").iterdir())

    # Saved and opened again.
    path = tmp_path / "study.srviewer"
    window.housekeeping.files.save(path)
    until(lambda: path.exists() and not work.tasks)
    before = study.scan
    assert drop([path])
    until(lambda: study.scan is not before and not work.tasks)
    assert not window.error_bar.isVisible(), window.error_bar.message.text()
    again = _joined(window)
    assert np.array_equal(again.volume.voxels, joined.volume.voxels)
    assert again.values()["stacks"] == joined.values()["stacks"]
    assert again.request.grid == "reference" and again.request.method == "cubic"
    assert again.warnings == joined.warnings
    assert window.controller.joining.candidates and not window.findChild(JoinOffer).isVisible()


def test_a_second_file_is_offered_in_a_bar_and_what_does_not_fit_is_refused_with_the_reason(
    joining: MainWindow, folder: Path, drop: Drop, until: Until, qtbot: QtBot
) -> None:
    window, study, work = joining, joining.study, joining.controller.work
    axial, other_contrast, sagittal, other_person = sorted(folder.iterdir())
    window.studies.choice = "add"
    bar, box = window.findChild(JoinOffer), window.panels.findChild(JoinBox)

    def open_beside(path: Path) -> None:
        number = len(window.studies.states)
        assert drop([path])
        until(lambda: len(window.controller.joining.candidates) == number and not work.tasks)

    # Another person is refused with the reason; another contrast asks for an acknowledgement.
    open_beside(other_person)
    open_beside(axial)
    assert box.isVisible() and not box.start.isEnabled() and not bar.isVisible()
    assert "are not of one person" in box.refused.text.text()
    assert window.controller.joining.obstacle.startswith("Nothing else that is open can be joined")
    open_beside(other_contrast)
    assert not bar.isVisible()
    (tick,) = box.ticks
    _press(qtbot, tick)
    assert "contrast" in box.doubts.text.text() and not box.start.isEnabled()
    _press(qtbot, box.read)
    assert box.start.isEnabled()

    # What fits is offered in a bar.
    open_beside(sagittal)
    until(bar.isVisible)
    assert bar.yes.text() == "Join with sub-01_acq-ax_T2w"
    _press(qtbot, bar.yes)
    work.cancel_for_user(work.running(RECONSTRUCT))
    until(lambda: not work.tasks)
    assert study.result is None
    _press(qtbot, box.start)
    until(lambda: study.result is not None)
    joined = _joined(window)
    assert [stack.name for stack in joined.stacks] == ["sub-01_acq-ax_T2w", "sub-01_acq-sag_T2w"]
    assert joined.request.reference == 1 and not bar.isVisible()


def test_single_slices_are_moved_where_that_is_ticked_and_their_motion_is_shown(
    joining: MainWindow, tmp_path: Path, drop: Drop, until: Until, qtbot: QtBot
) -> None:
    window, study, work = joining, joining.study, joining.controller.work
    joining_them = window.controller.joining
    joining_them.set(replace(joining_them.settings, left_out=False, register="none"))
    head = phantoms.head((60, 72, 60))
    for name, axis in (("sub-01_acq-ax_T2w", 2), ("sub-01_acq-sag_T2w", 0)):
        thick = Degradation(axis, 4).thick_volume(head)
        voxels = thick.voxels.copy()
        if axis == 2:  # the head moved between every second slice and the others
            voxels[:, :, 1::2] = np.roll(voxels[:, :, 1::2], (2, 3), axis=(0, 1))
        nib.save(nib.Nifti1Image(voxels, thick.geometry.affine), tmp_path / f"{name}.nii.gz")
    assert drop([tmp_path])
    until(lambda: window.findChild(SeriesPicker) is not None)
    picker = window.findChild(SeriesPicker)
    until(lambda: bool(picker.findChildren(OfferBar)))
    _press(qtbot, picker.findChildren(OfferBar)[0].yes)
    until(lambda: study.result is not None and not work.tasks)
    assert _joined(window).stacks[0].slices is None
    box, shown = window.panels.findChild(JoinBox), window.panels.findChild(JoinedBox)
    assert shown.slices.isHidden()
    _press(qtbot, box.motion)
    assert joining_them.settings.motion == "slices"
    _press(qtbot, box.start)
    until(lambda: _joined(window).request.motion == "slices" and not work.tasks)
    found = _joined(window).stacks[0].slices
    assert found is not None and 7 in found.moved and found.mm.max() > 1
    assert shown.slices.isVisible() and shown.slices.rowCount() == len(found.moved)
