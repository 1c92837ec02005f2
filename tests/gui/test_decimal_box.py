"""Number fields take a point and a comma before the decimals, in every language."""

import pytest
from PySide6.QtCore import QLocale, Qt
from pytestqt.qtbot import QtBot

from srviewer.gui.widgets.decimal_box import DecimalBox


@pytest.mark.parametrize("language", ["C", "de_DE", "de_CH", "fr_FR"])
def test_a_point_and_a_comma_are_typed_before_the_decimals(qtbot: QtBot, language: str) -> None:
    box = DecimalBox()
    qtbot.addWidget(box)
    box.setLocale(QLocale(language))
    box.setRange(-5000.0, 5000.0)
    box.setDecimals(2)
    box.setPrefix("R, ")
    box.setSuffix(" mm.")
    box.show()
    point = box.locale().decimalPoint()
    for typed, value in (("12,5", 12.5), ("0.25", 0.25), ("-1,75", -1.75), ("1.2,3", 1.23)):
        box.selectAll()
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == value
        assert box.text() == f"R, {value:.2f}".replace(".", point) + " mm."
