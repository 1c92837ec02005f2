"""Draws what tests/gui/test_baselines.py compares: `python tests/baseline_pictures.py` renews it.

Images and controls without text, since each machine has fonts of its own.
"""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from children import output

if TYPE_CHECKING:  # Qt is loaded by the process that draws, not by the one that compares
    from PySide6.QtGui import QImage

    from srviewer.core.volumes.volume import Volume
    from srviewer.gui.state.shown_study import ShownStudy
    from srviewer.gui.views.compare_view import CompareView

STORED = Path(__file__).parent / "gui" / "baselines"
SCALES = (1, 2)
SIZE = (304, 190)  # px at scale 1


def draw(folder: Path, scale: int) -> None:
    """Draw every picture at ``scale`` into ``folder``: in a process of its own, as Qt wants it."""
    root = Path(__file__).resolve().parents[1]
    paths = os.pathsep.join((str(root), str(root / "tests")))
    ours = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale), "PYTHONPATH": paths}
    command = [sys.executable, __file__, str(folder)]
    output(command, {**os.environ, **ours})


def _draw_all(folder: Path) -> None:
    from PySide6.QtWidgets import QApplication

    from srviewer.gui.appearance import theme
    from srviewer.gui.appearance.application import application

    app = application()
    scale = round(app.primaryScreen().devicePixelRatio())
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in _panes().items():
        picture.save(str(folder / f"{name}@{scale}.png"))
    for scheme in theme.SCHEMES[:2]:
        theme.apply(app, scheme)
        _controls().save(str(folder / f"controls-{scheme}@{scale}.png"))
    QApplication.processEvents()


def _panes() -> "Mapping[str, QImage]":
    """Each layout and each way to colour, of a phantom that differs on every axis."""
    from PySide6.QtWidgets import QApplication

    from phantoms import head
    from srviewer.core.acquisition.degradation import Degradation
    from srviewer.gui.state.shown_study import ShownStudy
    from srviewer.gui.views.compare_view import CompareView
    from srviewer.job import run
    from srviewer.sr.reconstruction.reconstruct import reconstruct
    from srviewer.sr.requests.request import Request
    from srviewer.study.state.comparing import Comparing

    thin = head()
    thick = Degradation(axis=2, factor=4).thick_volume(thin)
    study = ShownStudy()
    view = CompareView(study)
    view.resize(*SIZE)
    view.show()
    study.open(thick, (), None)
    study.set(study.state.with_result(run(reconstruct(thick, Request(2, 4, "nearest")))))
    study.move_cursor((3.0, -4.0, 5.0))
    first = study.view
    pictures = {}
    for name, look in _ways(study, thin).items():
        study.compare(Comparing())
        view.resize(*SIZE)  # a layout of several rows needs more
        study.look(first)
        study.set_overlays([])
        look()
        QApplication.processEvents()
        pictures[name] = _picture(view)
    view.deleteLater()
    return pictures


def _ways(study: "ShownStudy", thin: "Volume") -> "Mapping[str, Callable[[], None]]":
    """What is done to the window before each picture."""
    from srviewer.core.volumes.volume import Volume
    from srviewer.study.state.comparing import Comparing
    from srviewer.study.state.overlay import Overlay

    first = study.view
    labels = Volume(np.rint(thin.voxels / 400), thin.geometry, "labels")
    return {
        "planes": lambda: None,
        "blocks-patient-left": lambda: study.look(replace(first, smooth=False, radiological=False)),
        "zoomed-hot-inverted": lambda: study.look(
            replace(first, zoom=2.0, colours="hot", inverted=True)
        ),
        "labels": lambda: study.set_overlays([Overlay(labels)]),
        "curtain": lambda: study.compare(Comparing("curtain", divider=0.4)),
        "checkerboard": lambda: study.compare(Comparing("checkerboard", tile_mm=9.0)),
        "difference": lambda: study.compare(Comparing("difference")),
    }


def _picture(view: "CompareView") -> "QImage":
    """The images of all panes where they lie, without what is written over them."""
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    ratio = view.devicePixelRatioF()
    made = QImage(view.size() * ratio, QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(0)
    painter = QPainter(made)
    for row in view.rows:
        for pane in row.panes.values():
            if pane.isVisible():
                at = QRectF(pane.rect()).translated(pane.mapTo(view, pane.rect().topLeft()))
                painter.drawImage(at, pane.picture(ratio))
    painter.end()
    return made


def _controls() -> "QImage":
    """Every kind of control, in each state that has a look of its own."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import (
        QApplication,
        QCheckBox,
        QComboBox,
        QGridLayout,
        QProgressBar,
        QPushButton,
        QSlider,
        QToolButton,
        QWidget,
    )

    from srviewer.gui.appearance import theme

    sheet = QWidget()
    sheet.setAutoFillBackground(True)
    grid = QGridLayout(sheet)
    for row, enabled in enumerate((True, False)):
        plain, primary, box = QPushButton(), QPushButton(), QComboBox()
        primary.setProperty("primary", "true")
        off, on, tool, chosen = QCheckBox(), QCheckBox(), QToolButton(), QToolButton()
        on.setChecked(True)
        for one in (tool, chosen):
            one.setIcon(theme.icon("layers-triple-outline"))
            one.setCheckable(True)
        chosen.setChecked(True)
        slider, bar = QSlider(Qt.Orientation.Horizontal), QProgressBar()
        slider.setValue(40)
        bar.setTextVisible(False)
        bar.setValue(60)
        for column, widget in enumerate((plain, primary, box, off, on, tool, chosen, slider, bar)):
            widget.setEnabled(enabled)
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            grid.addWidget(widget, 2 * row + column // 5, column % 5)
    sheet.resize(*SIZE)
    sheet.show()
    QApplication.processEvents()
    picture = sheet.grab().toImage()
    sheet.deleteLater()
    return picture


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _draw_all(Path(sys.argv[1]))
    else:
        for one in SCALES:
            draw(STORED, one)
