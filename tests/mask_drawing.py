"""Steps of a user who corrects a mask by hand."""

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.panels.mask.mask_panel import MaskPanel
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.main_window import MainWindow

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
Index = tuple[int, int, int]


def pane_of(window: MainWindow, plane: Plane = Plane.AXIAL, row: int = 0) -> SliceView:
    """A pane of a row of the panes."""
    return window.contents.compare.rows[row].panes[plane]


def go_to(window: MainWindow, volume: Volume, index: Index) -> None:
    """Move the crosshair to a voxel."""
    window.study.move_cursor(volume.geometry.world(index))
    QApplication.processEvents()


def point_at(pane: SliceView, volume: Volume, index: Index) -> QPoint:
    """Where a voxel is in a pane."""
    return pane.position_of(tuple(volume.geometry.world(index))).toPoint()


def drag(pane: SliceView, volume: Volume, *way: Index) -> None:
    """A left drag from voxel to voxel."""
    places = [point_at(pane, volume, index) for index in way]
    QTest.mousePress(pane, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(pane, place)
        QApplication.processEvents()
    QTest.mouseRelease(pane, LEFT, pos=places[-1])
    QApplication.processEvents()


def voxels_of(panel: MaskPanel) -> np.ndarray:
    """The voxels of the mask that is corrected."""
    overlay = panel.correction.overlay
    assert overlay is not None
    return overlay.volume.voxels


def is_idle(window: MainWindow) -> bool:
    """Whether no job runs."""
    return not window.controller.work.tasks


def answer(text: str) -> list[str]:
    """Press a button of the next question; the texts that are asked."""
    asked: list[str] = []

    def reply() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            next(one for one in box.buttons() if one.text().replace("&", "") == text).click()

    QTimer.singleShot(0, reply)
    return asked
