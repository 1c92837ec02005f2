"""Cells of a table that a spreadsheet shows as they are, and never runs."""

import re

# Full-width letters are taken for these by spreadsheets in some languages.
_STARTS_FORMULA = re.compile("[\t\r]|\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def csv_cell(text: str) -> str:
    """Make a text safe against being run as a formula by a spreadsheet.

    Args:
        text: The text of a cell.

    Returns:
        ``text``, after an apostrophe where a spreadsheet would take it for a formula. Numbers stay,
        several of them too: "-1.5", "-1.0,2.0,3.0 4.0,5.0,-6.0".
    """
    return f"'{text}" if _STARTS_FORMULA.match(text) and not _is_numbers(text) else text


def _is_numbers(text: str) -> bool:
    try:
        for part in re.split("[ ,]", text):
            float(part)
    except ValueError:
        return False
    return True
