"""The texts of the window in the user's language: every text that is shown passes through ``tr``.

Translations are ``resources/translations/srviewer_LANGUAGE.qm``; CONTRIBUTING says how one is made.
"""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from srviewer.core.visible_text import visible
from srviewer.errors import UserError
from srviewer.paths import resource

# The context that Qt's lupdate gives to a text in a plain function.
CONTEXT = ""


def tr(text: str, /, **values: object) -> str:
    """Translate a text, then fill in values: ``tr("{n} files", n=3)``.

    Args:
        text: English; a literal where lupdate is to find it.
        values: For the placeholders of ``str.format``.

    Returns:
        The translation; the English text where there is none, or where the values do not fit it.
        Control characters are spelled out.
    """
    try:
        translated = QCoreApplication.translate(CONTEXT, text) if text else ""
    except UnicodeEncodeError:  # it names a file whose name is no UTF-8
        translated = text
    if not values:
        return visible(translated)
    try:
        return visible(translated.format(**values))
    except (LookupError, ValueError, TypeError, AttributeError):  # the translator's slip
        return visible(text.format(**values))


def mark(text: str) -> str:
    """Mark a text for lupdate that is put into a table on import and translated when it is shown.

    Args:
        text: English, a literal.

    Returns:
        The same text.
    """
    return text


def install(app: QCoreApplication, locale: QLocale) -> None:
    """Switch to the language of a locale where srviewer has it; English otherwise.

    Args:
        app: Gets the translators of srviewer and of Qt's own dialogs.
        locale: Usually that of the system.
    """
    try:
        folder = str(resource("translations"))
    except UserError:  # no language but English comes with this installation
        return
    translator = QTranslator(app)
    if not translator.load(locale, "srviewer", "_", folder):
        return
    app.installTranslator(translator)
    qt = QTranslator(app)  # the buttons of Qt's own dialogs
    if qt.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qt)
