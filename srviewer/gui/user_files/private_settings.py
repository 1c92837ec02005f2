"""The user's settings in a private file, since they name the files that were opened."""

import os
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

from srviewer.documents import document_of
from srviewer.paths import private_folder
from srviewer.private import make_private_file

DIALOGS = "QtProject.conf"  # where Qt keeps the folders that its dialogs have shown


def own_settings() -> QSettings:
    """The settings of this user, made private; from now on Qt keeps its own beside them.

    Otherwise the folders that its file dialogs have shown would stand in a file of all programs
    that use Qt, which other users can read.
    """
    settings = QSettings()
    path = _file(settings)
    if path is not None:
        try:
            private_folder(path.parent)
            make_private_file(path.with_name(DIALOGS))
        except OSError:
            return settings
        kind, scope = QSettings.Format.NativeFormat, QSettings.Scope.UserScope
        QSettings.setPath(kind, scope, str(path.parent))
    return settings


def stored_document(settings: QSettings, key: str) -> Any:
    """Read a JSON value from the settings.

    Args:
        settings: Hold the value as JSON text.
        key: Of the settings.

    Returns:
        The value; None where there is none or the text is not JSON.
    """
    try:
        return document_of(str(settings.value(key, "null", type=str)))
    except ValueError:
        return None


def make_private(settings: QSettings) -> bool:
    """Make the file of the settings private, with its folder if that is new.

    Settings of macOS and Windows themselves are private already.

    Args:
        settings: Their file is created if it does not exist.

    Returns:
        True if the file is private now.
    """
    path = _file(settings)
    if path is not None:
        try:
            if not path.parent.is_dir():
                private_folder(path.parent)
            make_private_file(path)
        except OSError:
            return False
    return True


def forget_folders(settings: QSettings) -> None:
    """Empty the file in which Qt keeps the folders that its file dialogs have shown.

    Args:
        settings: Qt's file lies beside theirs; nothing happens if there is none.
    """
    path = _file(settings)
    if path is not None and path.with_name(DIALOGS).is_file():
        os.truncate(path.with_name(DIALOGS), 0)


def _file(settings: QSettings) -> Path | None:
    native = settings.format() is QSettings.Format.NativeFormat
    return None if native and sys.platform in ("win32", "darwin") else Path(settings.fileName())
