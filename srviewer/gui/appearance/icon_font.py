"""Draws Material Design icons, which are letters of a font that comes with qtawesome.

Not by qtawesome's own functions: to import them costs an eighth of a second at each start, in which
every class of Qt is looked up and a dozen fonts are read.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter

FONT, LETTERS = "materialdesignicons6-webfont-*.ttf", "materialdesignicons6-*charmap-*.json"
OF_HEIGHT = 0.875  # of an icon: the size of its letter


def draw_icon(painter: QPainter, rect: QRect, name: str, colour: str) -> None:
    """Draw an icon in the middle of a rectangle.

    Args:
        painter: Its pen and font are the same afterwards.
        rect: In the painter's coordinates; its height gives the size.
        name: In Material Design Icons 6, without the prefix.
        colour: For ``QColor``.
    """
    font = QFont(_family())
    font.setPixelSize(max(1, round(OF_HEIGHT * rect.height())))
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), _letter(name))
    painter.restore()


@cache
def _letter(name: str) -> str:
    return chr(int(_letters()[name], 16))


@cache
def _letters() -> dict[str, str]:
    """Name of an icon -> its letter as a hexadecimal number."""
    letters: dict[str, str] = json.loads(_file(LETTERS).read_text(encoding="utf-8"))
    return letters


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(_file(FONT)))
    return QFontDatabase.applicationFontFamilies(number)[0]


def _file(pattern: str) -> Path:
    spec = find_spec("qtawesome")
    assert spec is not None and spec.origin is not None
    return next(Path(spec.origin).parent.joinpath("fonts").glob(pattern))
