"""The one QApplication of a process."""

import sys

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from srviewer.errors import UserError
from srviewer.gui import theme
from srviewer.paths import resource

NAME = "srviewer"


def application() -> QApplication:
    """The running QApplication, or a new one; with name, icon and theme."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
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
