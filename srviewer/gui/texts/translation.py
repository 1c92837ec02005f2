"""The words of the window in the user's language: every text that is shown passes through ``tr``.

Translations are ``resources/translations/srviewer_LANGUAGE.qm``; CONTRIBUTING says how one is made.
"""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from srviewer.core.visible_text import visible
from srviewer.errors import UserError
from srviewer.paths import resource

# The context that Qt's lupdate gives to a text in a plain function.
CONTEXT = ""


def tr(text: str, /, **values: object) -> str:
    """``text`` in the user's language, then ``values`` filled in: ``tr("{n} files", n=3)``.

    ``text`` is English, a literal where lupdate is to find it. What has no translation, or one
    that its values do not fit, stays as it is. Control characters of the values are spelled out.
    """
    try:
        said = QCoreApplication.translate(CONTEXT, text) if text else ""
    except UnicodeEncodeError:  # it names a file whose name is no UTF-8
        said = text
    if not values:
        return visible(said)
    try:
        return visible(said.format(**values))
    except (LookupError, ValueError, TypeError, AttributeError):  # the translator's slip
        return visible(text.format(**values))


def mark(text: str) -> str:
    """``text`` itself: it is put into a table on import, and given to ``tr`` when it is shown."""
    return text


def install(app: QCoreApplication, locale: QLocale) -> None:
    """Speak the language of ``locale``, where srviewer and Qt have it; else English."""
    try:
        ours = str(resource("translations"))
    except UserError:  # no language but English comes with this installation
        return
    own = QTranslator(app)
    if not own.load(locale, "srviewer", "_", ours):
        return
    app.installTranslator(own)
    qt = QTranslator(app)  # the buttons of Qt's own dialogs
    if qt.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qt)
