"""The QApplication of the process."""

import sys

from PySide6.QtCore import QLocale
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.texts import translation
from srviewer.paths import resource

NAME = "srviewer"


def application() -> QApplication:
    """The running QApplication, or a new one; with name, icon, theme and language."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        app = QApplication(sys.argv[:1])
        translation.install(app, QLocale.system())
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(NAME)
    app.setOrganizationName(NAME)
    app.setDesktopFileName(NAME)
    theme.apply(app)
    try:
        app.setWindowIcon(QIcon(str(resource("icons") / "srviewer.svg")))
    except UserError:  # a window without its own icon still works
        app.setWindowIcon(theme.icon("layers-triple-outline"))
    return app
