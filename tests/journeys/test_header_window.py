"""A user reads the header of a scan in a window beside the viewer."""

import json
from collections.abc import Callable
from pathlib import Path

import pydicom
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFormLayout, QLabel
from pytestqt.qtbot import QtBot

from srviewer.gui.dialogs.header_window import HeaderWindow
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.panels.info.info_panel import InfoPanel
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


def _usual(header: HeaderWindow) -> dict[str, str]:
    (rows,) = header.findChildren(QFormLayout)
    texts = []
    for number in range(rows.rowCount()):
        for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole):
            shown = rows.itemAt(number, role).widget()
            assert isinstance(shown, QLabel)
            texts.append(shown.text())
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _texts(header: HeaderWindow) -> list[tuple[str, str, str]]:
    return [header.model.text(number) for number in range(header.model.rowCount())]


def _describe(folder: Path) -> None:
    """Give the thick series what scanners write."""
    for path in folder.glob("s1_*.dcm"):
        data = pydicom.dcmread(path)
        data.PatientName, data.PatientBirthDate = "Doe^Jane", "19800229"
        data.ImageType = ["ORIGINAL", "PRIMARY", "M"]
        data.StudyDate, data.StudyTime = "20240131", "130509.250000"
        data.ScanningSequence, data.MagneticFieldStrength = ["SE", "IR"], 1.5
        data.RepetitionTime, data.EchoTime, data.InversionTime, data.FlipAngle = 9000, 93, 2500, 150
        data.private_block(0x0009, "MAKER", create=True).add_new(1, "LO", "secret")
        data.save_as(path)


def test_a_header_is_read_searched_copied_and_follows_the_study(
    window: MainWindow, two_series: Path, thick_file: Path, until: Until, qtbot: QtBot
) -> None:
    _describe(two_series)
    window.controller.open([two_series])
    until(lambda: window.findChild(SeriesPicker) is not None)
    picker = window.findChild(SeriesPicker)
    picker.tree.choose(0)
    picker.accept()
    until(lambda: window.study.scan is not None)
    info = window.panels.panels["info"]
    window.panels.setCurrentIndex(list(window.panels.panels).index("info"))
    assert isinstance(info, InfoPanel)
    qtbot.mouseClick(info.header, LEFT)
    header = window.header.window
    assert header is not None and not header.isModal() and "T2 thick" in header.windowTitle()
    until(lambda: header.model.total > 20)
    usual = _usual(header)
    assert len(usual) == 10
    assert usual["Patient"] == "Doe, Jane, ID phantom, born 1980-02-29"
    assert usual["Date"] == "2024-01-31 13:05:09"
    assert usual["Sequence"] == "spin echo inversion recovery"
    assert usual["TR, TE, TI, flip"] == "TR 9000 ms, TE 93 ms, TI 2500 ms, flip 150\u00b0"
    assert usual["Field strength"] == "1.5 T" and usual["Scanner"] == "not given"

    # As DICOM writes it, and as a reader expects it; both are found.
    for typed, value in (("imagetype", "ORIGINAL\\PRIMARY\\M"), ("19800229", "1980-02-29")):
        header.search.clear()
        qtbot.keyClicks(header.search, typed)
        assert [text[2] for text in _texts(header)] == [value]
    qtbot.mouseClick(header.copy, LEFT)
    assert QApplication.clipboard().text() == "(0010,0030)\tPatient's Birth Date\t1980-02-29"
    header.search.clear()
    rows = _texts(header)
    assert [row[2] for row in rows[-2:]] == ["MAKER", "secret"]  # private, whatever their tags
    header.table.setFocus()
    header.table.selectRow(len(rows) - 1)
    qtbot.keyClick(header.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().endswith("\tsecret")
    assert header.whole.toPlainText() == "secret"
    header.file.setValue(2)
    until(lambda: ("(0020,0013)", "Instance Number", "2") in _texts(header))

    # The window stays open, works beside the viewer, and shows the next study with its sidecar.
    sidecar = thick_file.with_name("thick.json")
    sidecar.write_text(json.dumps({"EchoTime": 0.093, "Nested": {"a": [1, 2]}}))
    window.open([thick_file])
    until(lambda: any(text[0] == "sizeof_hdr" for text in _texts(header)))
    assert header.windowTitle() == "Header of thick"
    texts = _texts(header)
    assert ("EchoTime", "thick.json", "0.093") in texts
    assert ("Nested.a", "thick.json", "1, 2") in texts
    assert ("datatype", "", "16  float32") in texts
    assert _usual(header)["TR, TE, TI, flip"] == "TE 93 ms"
    qtbot.keyClick(header, Qt.Key.Key_Escape)
    until(lambda: window.header.window is None)


def test_values_of_any_length_are_shown_by_their_beginning(
    window: MainWindow, thick_file: Path, until: Until
) -> None:
    values = {"SeriesDescription": "<h1>" + "long " * 60_000, "PatientName": "W" * 200_000}
    thick_file.with_name("thick.json").write_text(json.dumps(values))
    window.open([thick_file])
    until(lambda: window.study.scan is not None)
    header = HeaderWindow(window.controller, window)
    header.show()
    until(lambda: header.model.total > 0)
    assert all(len(text) <= 300 for text in _usual(header).values())
    row = next(n for n, texts in enumerate(_texts(header)) if texts[2].startswith("<h1>"))
    assert len(header.model.data(header.model.index(row, 2), Qt.ItemDataRole.ToolTipRole)) < 400
    header.table.selectRow(row)
    assert len(header.whole.toPlainText()) > 9_000
    header.close()
