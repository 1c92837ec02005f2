"""What the window would show, as a picture, without a display."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QGuiApplication, QImage, QImageReader, QImageWriter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from srviewer import RESEARCH_USE_ONLY
from srviewer.atomic import write_atomically
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.gui import theme
from srviewer.gui.application import application
from srviewer.gui.comparing import Layout
from srviewer.gui.form import label
from srviewer.gui.session import Point, Session
from srviewer.gui.views.compare_view import CompareView

WIDTH, HEIGHT = 1320, 900  # px


def render(
    original: Volume,
    second: Volume | None,
    layout: Literal["planes", "compare"],
    cursor_mm: Point | None,
    path: Path,
) -> None:
    """Write a PNG of the views that the window uses.

    ``second``: shown below the original in "compare". ``cursor_mm``: the crosshair in RAS+ mm;
    None for the middle. Raises UserError when the file cannot be written.
    """
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # That platform warns of each window's size hints, which nobody can act on.
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
    application()
    session = Session()
    page = _page(session, original, second, Layout(layout))
    if cursor_mm is not None:
        session.move_cursor(cursor_mm)
    picture = page.grab()
    page.deleteLater()
    write_atomically(path, lambda place: _save(picture.toImage(), place), _verify)


def _page(session: Session, original: Volume, second: Volume | None, layout: Layout) -> QWidget:
    """The views over a line with the names and the notice, laid out but not on screen."""
    view = CompareView(session)
    session.open(original, (), None)
    if second is not None:
        session.keep(session.comparables.with_loaded(second, second.name))
    session.compare(replace(session.comparing, layout=layout))
    names = original.name if second is None else f"{original.name}, {second.name}"
    foot = QHBoxLayout()
    foot.setContentsMargins(12, 6, 12, 8)
    foot.addWidget(label(names, "muted"), 1)
    foot.addWidget(label(RESEARCH_USE_ONLY, "research"))
    page = QWidget()
    page.setStyleSheet(f"background: {theme.SURFACE};")
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(view, 1)
    column.addLayout(foot)
    page.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    page.resize(WIDTH, HEIGHT)
    page.show()
    return page


def _save(picture: QImage, path: Path) -> None:
    if not QImageWriter(str(path), QByteArray(b"png")).write(picture):
        raise UserError(f"The picture could not be written to {path}; is the disk full?")


def _verify(path: Path) -> None:
    if QImageReader(str(path), QByteArray(b"png")).read().isNull():
        raise UserError(f"The picture written to {path} does not read back; is the disk full?")
