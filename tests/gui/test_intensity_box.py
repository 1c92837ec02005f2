"""Number fields for intensities: short texts that give their value again."""

import pytest
from PySide6.QtCore import QLocale, Qt
from pytestqt.qtbot import QtBot

from srviewer.gui.widgets.intensity_box import LARGEST, IntensityBox


@pytest.fixture
def box(qtbot: QtBot) -> IntensityBox:
    made = IntensityBox(-LARGEST, "Level", "A level")
    made.setSuffix(" ms")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("width", "decimals", "value", "text"),
    [
        (812.0, 0, 411.7, "412"),
        (8.0, 2, 4.117, "4.12"),
        (1e30, 0, 1e30, "1e30"),
        (1e30, 0, -3.4567891e30, "-3.45679e30"),
        (1e30, 0, 0.0, "0"),
        (2e-9, 5, 1.25e-9, "1.25e-9"),
        (812.0, 0, 1e30, "1e30"),
        (812.0, 2, 12345678.0, "1.23457e7"),
    ],
)
def test_texts_are_short_and_give_the_value_again(
    box: IntensityBox, width: float, decimals: int, value: float, text: str
) -> None:
    box.scale_to(width, decimals, width / 100)
    box.setValue(value)
    assert box.text() == f"{text} ms"
    assert box.valueFromText(box.text()) == box.value() == float(text)


@pytest.mark.parametrize("language", ["C", "de_DE"])
def test_numbers_of_any_size_are_typed_and_stepped(
    box: IntensityBox, qtbot: QtBot, language: str
) -> None:
    box.setLocale(QLocale(language))
    box.scale_to(2e30, 0, 2e28)
    for typed, value in (("1.5e30", 1.5e30), ("2,5e29", 2.5e29), ("-2E29", -2e29), ("7", 7.0)):
        box.selectAll()
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert box.value() == value
    box.setValue(1e30)
    for _ in range(3):
        qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.value() == 1.06e30 == box.valueFromText(box.text())
    box.selectAll()
    qtbot.keyClicks(box, "x1e400e")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert abs(box.value()) <= LARGEST
