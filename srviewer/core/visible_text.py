"""Untrusted text made safe to show: characters that steer a screen or reorder text are spelled out.

Names of files, values of headers and what libraries say of them may hold control characters: a
terminal obeys them, and marks of writing direction make a text read as another one. Letters of all
languages stay, joiners within words included.
"""

import re
from html import escape

# C0 without tab and newline, DEL, C1; marks of direction; separators of lines; half characters,
# which stand for the bytes of a file name that are no text.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_OF_LINES = re.compile("[\t\n]")
# An underscore within a word is none.
_OF_MARKDOWN = re.compile(r"[\\`*\[\]<>|~&!]|(?<![^\W_])_|_(?![^\W_])")


def visible(text: str) -> str:
    r"""Spell out control characters; lines stay.

    Args:
        text: Any text.

    Returns:
        The text with each of them as ``\x1b`` or ``\u202e``.
    """
    return _STEERING.sub(_spelled, text)


def visible_line(text: str) -> str:
    r"""Spell out control characters, and bring the text to one line.

    Args:
        text: Any text.

    Returns:
        As ``visible``, with a newline as ``\x0a`` and a tab as ``\x09``.
    """
    return _OF_LINES.sub(_spelled, visible(text))


def html_text(text: str) -> str:
    """Escape a text for a page of HTML: between tags, or in an attribute within quotes.

    Args:
        text: Any text.

    Returns:
        As ``visible``, with the characters of markup escaped.
    """
    return escape(visible(text))


def markdown_text(text: str) -> str:
    """Escape a text for a page of Markdown, outside of code.

    Args:
        text: Any text.

    Returns:
        As ``visible_line``, with a backslash before every mark of Markdown.
    """
    return _OF_MARKDOWN.sub(r"\\\g<0>", visible_line(text))


def _spelled(match: re.Match[str]) -> str:
    number = ord(match.group())
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
