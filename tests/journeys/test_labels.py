"""A user lays label maps over a scan: names, colours, volumes, outlines, the label at the mouse."""

from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from srviewer.core.slices.figure_contents import FigureContents
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.figures.figure import FigurePage
from srviewer.gui.panels.look.label_list import LabelList
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.bars.status import PointLabel
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton
GREEN = (0, 255, 40)
RED = (255, 10, 20)
TSV = "index\tname\tcolor\n2\tThalamus\t#00ff28\n5\tPutamen\t#ff0a14\n"


@pytest.fixture
def maps(tmp_path: Path, head: Volume) -> Path:
    """A label map on the fine grid: two boxes and, as label 7, a ring around nothing."""
    labels = np.zeros(head.geometry.shape, np.uint8)
    labels[8:14, 20:30, 10:26] = 2
    labels[26:32, 20:30, 10:26] = 5
    labels[16:24, 36:44, 12:20] = 7
    labels[18:22, 38:42, 12:20] = 0
    path = tmp_path / "brain_dseg.nii.gz"
    nib.save(nib.Nifti1Image(labels, head.geometry.affine), path)
    path.with_name("brain_dseg.tsv").write_text(TSV)
    return path


@pytest.fixture
def labels(opened: MainWindow, maps: Path, until: Until) -> LabelList:
    """The list of labels in the Look panel, in front."""
    look = opened.panels.findChild(LookPanel)
    tabs = opened.panels
    tabs.setCurrentIndex(next(n for n in range(tabs.count()) if tabs.widget(n).isAncestorOf(look)))
    look.overlays.load(maps)
    until(lambda: len(opened.study.overlays) == 1)
    QApplication.processEvents()
    return look.findChild(LabelList)


def _rows(labels: LabelList) -> list[QTreeWidgetItem]:
    return [labels.tree.topLevelItem(n) for n in range(labels.tree.topLevelItemCount())]


def _place(labels: LabelList, row: int) -> QPoint:
    """The tick box of a row."""
    rect = labels.tree.visualItemRect(labels.tree.topLevelItem(row))
    return QPoint(rect.left() + 12, rect.center().y())


def _pixel(pane: SliceView, volume: Volume, index: tuple[int, int, int]) -> QColor:
    QApplication.processEvents()
    at = pane.position_of(tuple(volume.geometry.world(index))).toPoint()
    return pane.grab().toImage().pixelColor(at)


def _near(image: QImage, colour: tuple[int, int, int], least: int = 1) -> bool:
    """Whether an image has a number of pixels of nearly this colour."""
    pixels = np.array(image.convertToFormat(QImage.Format.Format_RGB888).constBits(), np.uint8)
    rows = pixels.reshape(image.height(), -1)[:, : 3 * image.width()].reshape(-1, 3)
    return int((np.abs(rows.astype(int) - colour).max(axis=1) < 30).sum()) >= least


def test_labels_are_named_ticked_outlined_and_gone_to(
    labels: LabelList,
    opened: MainWindow,
    until: Until,
    qtbot: QtBot,
    head: Volume,
    maps: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study, rows = opened.study, _rows(labels)
    assert [[row.text(n) for n in range(3)] for row in rows] == [
        ["Thalamus", "0.96", "960"],
        ["Putamen", "0.96", "960"],
        ["label 7", "0.38", "384"],
    ]
    assert [label.colour for label in study.overlays[0].labels][:2] == [GREEN, RED]
    opened.panels.findChild(LookPanel).findChild(LabelList)
    study.set_overlays([study.overlays[0].seen_at(1.0)])
    pane = opened.compare.scan.panes[Plane.AXIAL]
    # A double click leads to the middle; the status bar names what is under crosshair and mouse.
    place = labels.tree.visualItemRect(rows[0]).center()
    QTest.mouseClick(labels.tree.viewport(), LEFT, pos=place)
    QTest.mouseDClick(labels.tree.viewport(), LEFT, pos=place)
    index = np.rint(head.geometry.index(study.view.cursor_mm)).astype(int)
    assert (8 <= index[0] < 14) and (20 <= index[1] < 30) and (10 <= index[2] < 26)
    status = opened.statusBar().findChild(PointLabel)
    assert "Thalamus (2)" in status.toolTip() + status.text()
    k = int(index[2])
    over = pane.position_of(tuple(head.geometry.world((28, 24, k))))
    qtbot.mouseMove(pane, over.toPoint())
    study.hovered.emit(pane.world_at(QPointF(over)), pane.plane)
    assert "Putamen (5)" in status.toolTip() + status.text()
    # Unticked with the mouse, it is not drawn; undo draws it again.
    assert _pixel(pane, head, (28, 24, k)).getRgb()[:3] == RED
    QTest.mouseClick(labels.tree.viewport(), LEFT, pos=_place(labels, 1))
    assert study.overlays[0].hidden == {5}
    assert _pixel(pane, head, (28, 24, k)).getRgb()[:3] != RED
    study.hovered.emit(pane.world_at(QPointF(over)), pane.plane)
    assert "Putamen" not in status.toolTip() + status.text()
    QTest.keyClick(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not study.overlays[0].hidden
    assert _rows(labels)[1].checkState(0) is Qt.CheckState.Checked
    # Outlined, the middle is free and the border is drawn.
    QTest.mouseClick(labels.outlined, LEFT, pos=QPoint(10, labels.outlined.height() // 2))
    assert study.overlays[0].outlined
    assert _pixel(pane, head, (28, 25, k)).getRgb()[:3] != RED
    assert _near(pane.grab().toImage(), RED, 20)
    # The middle of a ring is a voxel of it.
    label = study.overlays[0].labels[2]
    assert study.overlays[0].volume.voxels[label.inside] == 7
    # Names that the user loads replace those beside the file.
    table = maps.with_name("mine.txt")
    table.write_text('7 0 90 200 1 1 1 "my <b>ring</b>"\n')
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    QTest.mouseClick(labels.names, LEFT)
    until(lambda: study.overlays[0].labels[2].name != "")
    assert _rows(labels)[2].text(0) == "my <b>ring</b>"
    assert study.overlays[0].labels[2].colour == (0, 90, 200)


def test_labels_are_kept_by_sessions_and_drawn_in_every_pane_and_figure(
    labels: LabelList,
    opened: MainWindow,
    rebuild: Callable[..., None],
    until: Until,
    tmp_path: Path,
    head: Volume,
) -> None:
    study = opened.study
    rebuild()
    layer = study.overlays[0].seen_at(1.0)
    study.set_overlays([layer.showing(2, False)])
    study.move_cursor(head.geometry.world(layer.labels[1].inside))
    for row in (opened.compare.scan, opened.compare.result):
        image = row.panes[Plane.AXIAL].grab().toImage()
        assert _near(image, RED, 50) and not _near(image, GREEN, 50)
    path = tmp_path / "study.srviewer"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and not opened.controller.work.tasks)
    tmp_path.joinpath("brain_dseg.tsv").unlink()  # the session has the names itself
    before = study.scan
    opened.window().open([path])
    until(lambda: study.scan is not before and study.result is not None)
    (again,) = study.overlays
    assert (again.labels, again.hidden, again.outlined) == (layer.labels, {2}, False)
    page = FigurePage(study, FigureContents(width=900, height=700))
    assert _near(page.image(1.0), RED, 50) and not _near(page.image(1.0), GREEN, 50)
    study.set_overlays([layer.showing(2, True).showing(5, False)])
    page.close()


def test_a_mask_is_one_label(
    opened: MainWindow, until: Until, tmp_path: Path, head: Volume
) -> None:
    path = tmp_path / "mask.nii"
    mask = np.where(head.voxels > 200, 255, 0).astype(np.uint8)
    nib.save(nib.Nifti1Image(mask, head.geometry.affine), path)
    opened.panels.findChild(LookPanel).overlays.load(path)
    until(lambda: len(opened.study.overlays) == 1)
    (label,) = opened.study.overlays[0].labels
    assert (label.value, label.voxels) == (255, int((mask > 0).sum()))
    assert mask[label.inside] == 255
