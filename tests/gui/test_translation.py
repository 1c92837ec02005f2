"""Texts in the user's language: filled in, marked, loaded, and found by Qt's tools."""

import ast
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

import srviewer.gui
from children import output
from srviewer import RESEARCH_USE_ONLY
from srviewer.gui.texts import translation
from srviewer.gui.texts.translation import mark, tr

GUI = Path(srviewer.gui.__path__[0])


class Words(QTranslator):
    """A language of a few words."""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__()
        self._words = words

    def translate(
        self, context: str, text: str, comment: str | None = None, n: int = -1
    ) -> str | None:
        return self._words.get(text)


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    words = Words({"{count} files": "{count} Dateien", "{size} MB": "{groesse} MB", "Open": "Auf"})
    qapp.installTranslator(words)
    yield
    qapp.removeTranslator(words)


def test_a_text_is_translated_and_filled_in(german: None) -> None:
    assert tr("Open") == "Auf"
    assert tr("{count} files", count=3) == "3 Dateien"
    assert tr("no translation of {this}", this="this") == "no translation of this"
    assert tr("") == "" and mark("Open") == "Open"
    # What a user or a file says may hold anything.
    assert tr("{count} files", count="{name}") == "{name} Dateien"
    assert tr("a name with {braces}") == "a name with {braces}"


def test_a_translation_that_does_not_fit_its_values_gives_way(german: None) -> None:
    assert tr("{size} MB", size=7) == "7 MB"


def _literals() -> set[str]:
    """Every text that the program gives to ``tr`` or ``mark``."""
    found = set()
    for path in GUI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("tr", "mark"):
                argument = node.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
    return found


def test_qt_finds_every_text_and_its_translation_is_loaded(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "srviewer_de.ts"
    script = GUI.parents[1] / "packaging" / "translations.py"
    output([sys.executable, script, "de", "--folder", tmp_path])
    tree = ET.parse(source)
    texts = {str(one.text) for one in tree.iter("source")}
    assert len(_literals()) > 500 and _literals() - {""} <= texts
    # Tables of the layers below, which know nothing of Qt.
    assert {"Cross-plane network", "Axial", "Warm up", RESEARCH_USE_ONLY} <= texts

    for message in tree.iter("message"):
        if message.findtext("source") == "Open recent":
            said = message.find("translation")
            assert said is not None
            said.text = "Zuletzt"
            said.attrib.clear()
    tree.write(source, encoding="utf-8")
    output([sys.executable, script, "--folder", tmp_path])
    monkeypatch.setattr(translation, "resource", lambda name: tmp_path)
    before = qapp.findChildren(QTranslator)
    translation.install(qapp, QLocale("fr"))
    assert tr("Open recent") == "Open recent"
    translation.install(qapp, QLocale("de"))
    made = [one for one in qapp.findChildren(QTranslator) if one not in before]
    try:
        assert tr("Open recent") == "Zuletzt" and tr("Open folder…") == "Open folder…"
        assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    finally:
        for one in made:
            qapp.removeTranslator(one)
