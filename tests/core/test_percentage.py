"""Percentages for people have a space before the sign."""

import re
from pathlib import Path

import srviewer
from srviewer.core.percentage import percentage

PACKAGE = Path(srviewer.__file__).parent
FOR_PROGRAMS = PACKAGE / "sr/batch/summary.py"  # cells of a table
WITHOUT_SPACE = re.compile(r"(:[-+]?\.?\d*%\}|\d%)(?![0-9A-Fa-f])")


def test_the_sign_stands_apart() -> None:
    assert [percentage(0.05), percentage(0.00123, 2), percentage(1)] == ["5 %", "0.12 %", "100 %"]


def test_no_text_for_people_has_another_form() -> None:
    files = [path for path in PACKAGE.rglob("*.py") if path != FOR_PROGRAMS]
    found = [path.name for path in files if WITHOUT_SPACE.search(path.read_text("utf-8"))]
    assert len(files) > 500 and found == []
