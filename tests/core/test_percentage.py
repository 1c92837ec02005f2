"""Percentages for people have a space before the sign, in every report and on the command line."""

import re
from pathlib import Path

import srviewer
from srviewer.core.percentage import percentage

PACKAGE = Path(srviewer.__file__).parent
FOR_PEOPLE = ("sr/report", "cli")
WITHOUT_SPACE = re.compile(r"(:[-+]?\.?\d*%\}|\d%)(?![0-9A-Fa-f])")


def test_the_sign_stands_apart() -> None:
    assert [percentage(0.05), percentage(0.00123, 2), percentage(1)] == ["5 %", "0.12 %", "100 %"]


def test_reports_and_the_command_line_write_no_other_form() -> None:
    files = [path for part in FOR_PEOPLE for path in (PACKAGE / part).rglob("*.py")]
    assert len(files) > 40
    found = [path.name for path in files if WITHOUT_SPACE.search(path.read_text("utf-8"))]
    assert found == []
