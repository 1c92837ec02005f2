"""The panes of a study: the large one, one scale, notes that stand once, no text on another."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.texts.wording import NOT_SCORED
from srviewer.gui.views.drawing.annotations import place
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.widgets.notice import Notice
from srviewer.gui.window.main_window import MainWindow
from wheel import turn_wheel

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def sagittal_file(tmp_path: Path, head: Volume) -> Path:
    """A scan with thick slices from left to right, turned by 6 degrees."""
    thick = Degradation(0, 4).thick_volume(head)
    return _saved(thick, tmp_path / "sagittal.nii.gz", degrees=6)


def _saved(volume: Volume, path: Path, degrees: float = 0.0) -> Path:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cos, -sin, 0, 0], [sin, cos, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    nib.save(nib.Nifti1Image(np.asarray(volume.voxels), turn @ volume.geometry.affine), path)
    return path


def _open(window: MainWindow, until: Until, path: Path) -> None:
    before = window.study.scan
    window.open([path])
    until(lambda: window.study.scan is not before)
    QApplication.processEvents()


def _panes(window: MainWindow) -> list[SliceView]:
    panes = [pane for row in window.compare.rows for pane in row.panes.values()]
    return [pane for pane in panes if pane.isVisible()]


def _large(window: MainWindow) -> set[Plane]:
    """The planes of the largest panes."""
    QApplication.processEvents()
    areas = [pane.width() * pane.height() for pane in _panes(window)]
    return {
        p.plane for p, area in zip(_panes(window), areas, strict=True) if area > 0.9 * max(areas)
    }


def _mm_per_pixel(pane: SliceView) -> float:
    one, other = (pane.world_at(QPointF(x, 20)) for x in (20, 120))
    assert one is not None and other is not None
    return float(np.linalg.norm(np.subtract(one, other))) / 100


def test_the_acquired_plane_is_the_large_pane_until_the_user_chooses(
    window: MainWindow, until: Until, qtbot: QtBot, sagittal_file: Path, thick_file: Path
) -> None:
    window.studies.choice = "add"
    _open(window, until, sagittal_file)
    assert _large(window) == {Plane.SAGITTAL}
    assert window.compare.scan.panes[Plane.SAGITTAL].hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_3)  # side by side
    assert _large(window) == {Plane.SAGITTAL}
    _open(window, until, thick_file)
    assert _large(window) == {Plane.AXIAL}
    window.actions_offered["main-coronal"].trigger()
    assert _large(window) == {Plane.CORONAL}
    qtbot.keyClick(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert window.studies.current == 0 and _large(window) == {Plane.SAGITTAL}
    qtbot.keyClick(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert _large(window) == {Plane.CORONAL}
    qtbot.keyClick(window, Qt.Key.Key_R)  # a reset shows the whole; the choice is no position
    assert _large(window) == {Plane.CORONAL} and window.actions_offered["main-coronal"].isChecked()
    window.actions_offered["main-acquired"].trigger()
    assert _large(window) == {Plane.AXIAL}


def test_a_row_has_one_scale_and_what_all_panes_share_stands_once(
    window: MainWindow,
    until: Until,
    qtbot: QtBot,
    sagittal_file: Path,
    head: Volume,
    tmp_path: Path,
) -> None:
    _open(window, until, sagittal_file)
    study = window.study
    voxels = np.pad(head.voxels, ((30, 30), (0, 0), (0, 0)))  # another field of view
    affine = np.array(head.geometry.affine)
    affine[:3, 3] -= 30 * affine[:3, 0]
    path = tmp_path / "wide.nii.gz"
    nib.save(nib.Nifti1Image(voxels, affine), path)
    window.controller.load_beside(path)
    until(lambda: len(study.compared_volumes.loaded) == 1)
    for key in (Qt.Key.Key_2, Qt.Key.Key_3):
        qtbot.keyClick(window, key)
        QApplication.processEvents()
        assert len(_panes(window)) == 6
        _check_scales(window)
        _zoom(_panes(window)[1])
        _check_scales(window)
        assert study.view.zoom > 1
        qtbot.keyClick(window, Qt.Key.Key_R)
        _check_texts(window)
    said = [note.text for note in window.compare.notes.notes]
    assert said == [NOT_SCORED, "oblique 6.0\u00b0, along the voxel axes"]
    in_panes = [line.text for pane in _panes(window) for line in pane.annotations.top_left]
    assert not any("oblique" in text or "reference" in text for text in in_panes)


def _zoom(pane: SliceView) -> None:
    """Turn the wheel with Ctrl over a pane."""
    turn_wheel(pane, 2, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()


def _check_scales(window: MainWindow) -> None:
    """Panes of one height, those of a row, have one scale, and the volumes fit them."""
    scales: dict[int, list[float]] = {}
    for pane in _panes(window):
        scales.setdefault(pane.height() // 20, []).append(_mm_per_pixel(pane))
    for row in scales.values():
        assert len(row) > 1 and row == pytest.approx([row[0]] * len(row), rel=1e-6)


def _check_texts(window: MainWindow) -> None:
    for pane in _panes(window):
        _check_apart(pane, QRectF(pane.rect()))


def _header_shown(window: MainWindow) -> bool:
    """Whether the file's spacing along i, j and k is written into a pane, by the header's text."""
    placed = [place(QRectF(pane.rect()), pane.annotations) for pane in _panes(window)]
    return any(label.text.startswith("spacing ") for texts in placed for label in texts.lasting)


def _check_apart(pane: SliceView, area: QRectF) -> None:
    """No text lies on another one, and none leaves the pane."""
    boxes = place(area, pane.annotations).boxes
    assert len(boxes) >= 4  # at least the letters
    for one, other in combinations(boxes, 2):
        assert not one.intersects(other), (one, other)
    assert all(area.contains(box) for box in boxes)


def test_texts_of_small_panes_give_way_to_more_important_ones(
    opened: MainWindow, until: Until, rebuild: Callable[..., None], truth_file: Path, qtbot: QtBot
) -> None:
    rebuild()
    study = opened.study
    opened.controller.load_reference(truth_file)
    until(lambda: study.scores is not None)
    current = study.compared_volumes.current
    study.keep(study.compared_volumes.renamed(current, "a name that no pane has room for " * 3))
    opened.resize(1280, 720)
    for key in "2345671":
        qtbot.keyClick(opened, key)
        QApplication.processEvents()
        _check_texts(opened)
    qtbot.keyClick(opened, Qt.Key.Key_2)
    qtbot.keyClick(opened, Qt.Key.Key_H)
    _check_texts(opened)
    assert _header_shown(opened)
    opened.compare.result.panes[Plane.AXIAL].setFocus()
    qtbot.keyClick(opened, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    _check_texts(opened)
    qtbot.keyClick(opened, Qt.Key.Key_H)
    assert not _header_shown(opened)
    pane = opened.compare.result.panes[Plane.CORONAL]
    shown = []
    for width, height in ((1000, 600), (310, 200), (190, 110), (150, 72)):
        area = QRectF(0, 0, width, height)
        _check_apart(pane, area)
        placed = place(area, pane.annotations)
        shown.append([label.text for label in (*placed.lasting, *placed.moving)])
    assert all(texts[0].startswith("a ") for texts in shown)  # cut, but there
    assert any("\u00d7" in text and "mm" in text for text in shown[0])
    assert not any("mm" in text for text in shown[2])  # the spacing goes first
    assert all(any(" / " in text for text in texts) for texts in shown)  # the slice stays
    # No score without that of cubic interpolation.
    scores = [sum("dB" in text for text in texts) for texts in shown]
    assert scores[:2] == [2, 2] and set(scores) == {0, 2}
    notes = [note.text for note in opened.compare.notes.notes]
    assert sum("truth.nii.gz" in text for text in notes) == 1


def _button(window: MainWindow, text: str) -> QPushButton:
    buttons = window.panels.findChildren(QPushButton)
    return next(button for button in buttons if button.text() == text and button.isVisible())


def test_a_thin_scan_leads_to_what_it_is_good_for(
    window: MainWindow, until: Until, qtbot: QtBot, truth_file: Path, thick_file: Path
) -> None:
    window.studies.choice = "add"
    _open(window, until, thick_file)
    assert _button(window, "Reconstruct").property("primary") == "true"
    window.controller.reconstructing.start()
    until(lambda: window.study.result is not None)
    _open(window, until, truth_file)
    assert _button(window, "Reconstruct anyway").property("primary") == "false"
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(_button(window, "Simulate and score\u2026"), left)
    assert window.panels.shown == "compare"
    assert _button(window, "Simulate and score").isEnabled()
    window.panels.show_panel("reconstruct")
    menu = _button(window, "Use as reference of").menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["thick"]
    menu.actions()[0].trigger()
    until(lambda: window.study.scores is not None)
    assert window.studies.current == 0  # that of the thick scan
    scores = window.study.scores
    assert scores is not None and scores.candidate.meaning == "the open scan 'truth'"
    assert [note.text for note in window.compare.notes.notes] == ["against the open scan 'truth'"]
    assert _button(window, "Reconstruct").property("primary") == "true"


def test_one_series_opens_without_a_question_and_targets_what_was_measured(
    window: MainWindow, until: Until, two_series: Path, tmp_path: Path, head: Volume
) -> None:
    for path in two_series.glob("s2_*"):
        path.unlink()
    _open(window, until, two_series)  # a folder with one series, and notes that are no image
    assert window.findChildren(QDialog) == []
    thick = Degradation(2, 9).thick_volume(head)
    _open(window, until, _saved(thick, tmp_path / "nine.nii.gz"))
    request = window.study.request
    assert request is not None and request.factor == 6
    panel = window.panels.panels["reconstruct"]
    said = "\n".join(notice.text.text() for notice in panel.findChildren(Notice))
    assert "The target stays at \u00d76" in said and "would take \u00d79" in said
