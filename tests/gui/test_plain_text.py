"""The one module through which all text of the window goes."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, Qt, QTextDocument
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QTextBrowser
from pytestqt.qtbot import QtBot

import srviewer.gui
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import (
    JOINER,
    PlainLabel,
    TextPage,
    add_named,
    menu_text,
    message_box,
    plain_tip,
)

MARKUP = "<b>x</b><img src='file:///etc/hostname'>"
OWN = "plain_text.py"
# Only there: what draws markup where no format is set, and what is meant to be markup.
MAKERS = {
    "setToolTip": {OWN},
    "setTabToolTip": {"study_tabs.py"},  # plain_tip is within
    "setWhatsThis": set(),
    "setStatusTip": set(),
    "showText": set(),
    "setInformativeText": set(),
    "QLabel": set(),
    "QMessageBox": {OWN},
    "question": set(),
    "critical": set(),
    "QTextBrowser": {"guide_dialog.py"},  # our own text
    "QTextEdit": set(),
    "QErrorMessage": set(),
    "QProgressDialog": set(),
    "QWhatsThis": set(),
    "setHtml": {"info_panel.py", "about_dialog.py"},  # on a TextPage, of html_text
    "setMarkdown": {OWN, "guide_dialog.py"},
    "insertHtml": set(),
    "MarkupLabel": {"status.py", "score_plot.py", "curves.py", "page.py"},
    "QGraphicsTextItem": set(),
    "LabelItem": set(),
}


def test_nothing_else_makes_what_may_draw_markup() -> None:
    made: dict[str, set[str]] = {name: set() for name in MAKERS}
    for path in Path(srviewer.gui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else None
                name = called.id if isinstance(called, ast.Name) else name
                if name in made:
                    made[name].add(path.name)
    elsewhere = {name: files - MAKERS[name] for name, files in made.items()}
    assert {name: files for name, files in elsewhere.items() if files} == {}
    assert made["setToolTip"] == {OWN}


@pytest.mark.parametrize(
    "text",
    [
        MARKUP,
        f"  \n{MARKUP}",
        "&lt;b&gt;",
        "<!doctype html>x",
        "<?xml version='1.0'?><b>x</b>",
        "<\x00b>x",
        "a < b <i>c</i>",
    ],
)
def test_no_tooltip_is_markup(text: str) -> None:
    shown = plain_tip(text)
    assert not Qt.mightBeRichText(shown)
    assert shown.replace(JOINER, "") == text.replace("\x00", "\\x00")


def test_other_tooltips_are_left_as_they_are() -> None:
    for text in ("", "Open (Ctrl+O)", "a < b & c\nd", "T1 & T2"):
        assert plain_tip(text) == text


def test_labels_and_messages_show_text_as_it_is(qtbot: QtBot) -> None:
    label, box = PlainLabel(MARKUP), message_box(QMessageBox.Icon.Warning, "t", MARKUP, None)
    qtbot.addWidget(label)
    qtbot.addWidget(box)
    for made in (label, box):
        assert (made.text(), made.textFormat()) == (MARKUP, Qt.TextFormat.PlainText)
    label.setText("a\x1b[2J\u202eb\nc")
    assert label.text() == "a\\x1b[2J\\u202eb\nc"
    assert tr("{name}: no", name="a\u202eb") == "a\\u202eb: no"


def test_names_in_menus_keep_their_ampersands(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    action = add_named(menu, "T1 & T2 <b>x</b>\n")
    assert action.text() == "T1 && T2 <b>x</b>\\x0a" == menu_text("T1 & T2 <b>x</b>\n")
    assert not Qt.mightBeRichText(action.toolTip())


def test_a_page_loads_nothing_and_takes_no_html_from_markdown(qtbot: QtBot, tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    screen = QApplication.primaryScreen()
    assert screen is not None and screen.grabWindow(0, 0, 0, 4, 4).save(str(picture))
    page = TextPage()
    qtbot.addWidget(page)
    address = QUrl.fromLocalFile(str(picture))
    page.setHtml(f"<img src='{address.toString()}'>")
    page.show()
    QApplication.processEvents()
    kind = QTextDocument.ResourceType.ImageResource
    found = page.document().resource(kind.value, address)
    assert isinstance(found, QImage) and (found.width(), found.height()) == (1, 1)
    other = QTextBrowser()
    qtbot.addWidget(other)
    assert other.document().resource(kind.value, address)  # the file
    page.show_markdown("a <b>bold</b> b")
    assert "<b>bold</b>" in page.toPlainText()
