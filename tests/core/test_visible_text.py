"""Nothing in a name steers a screen; every letter stays."""

import sys
import unicodedata
from html import unescape

import pytest

from srviewer.core.visible_text import html_text, markdown_text, visible, visible_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\rb\bc\x07d\x00", "a\\x0db\\x08c\\x07d\\x00"),
        ("\x7f\x9b2J", "\\x7f\\x9b2J"),
        ("scan\u202egnp.exe", "scan\\u202egnp.exe"),
        ("\u2066x\u2069\u200f\u061c", "\\u2066x\\u2069\\u200f\\u061c"),
        ("a\u2028b", "a\\u2028b"),
        ("\udc9bx", "\\udc9bx"),
    ],
)
def test_what_steers_a_screen_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == visible_line(text) == shown


def test_lines_stay_unless_one_line_is_wanted() -> None:
    assert visible("a\n\tb") == "a\n\tb"
    assert visible_line("a\n\tb") == "a\\x0a\\x09b"


def test_letters_of_all_languages_stay() -> None:
    words = "Müller Ώμέγα Жук 日本語 שלום مرحبا नमस्ते می‌خواهم 👩‍⚕️ C:\\x1b"
    assert visible_line(words) == words
    letters = "".join(map(chr, range(sys.maxunicode + 1)))
    kept = "".join(one for one in letters if unicodedata.category(one)[0] in "LMNPS")
    assert visible_line(kept) == kept


def test_pages_have_neither_marks_nor_control_characters() -> None:
    text = "<b a='1'>&amp;\x1b\"</b>"
    assert unescape(html_text(text)) == visible(text)
    assert not set(html_text(text)) & set("<>\"'")
    assert markdown_text("a_b _c_ **d** <e> [f](g) `h` |\\\n") == (
        "a_b \\_c\\_ \\*\\*d\\*\\* \\<e\\> \\[f\\](g) \\`h\\` \\|\\\\\\\\x0a"
    )
