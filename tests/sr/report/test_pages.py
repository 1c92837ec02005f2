"""Pages of HTML: text stays text, one style sheet, and nothing is missing in silence."""

import re
import sys
from html import unescape
from pathlib import Path, PurePosixPath

import pytest
from jinja2 import UndefinedError

from children import output
from srviewer import RESEARCH_USE_ONLY
from srviewer.paths import resource
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.summary import MARK, write_summary
from srviewer.sr.report.page import Figure, Page, Table
from srviewer.sr.report.pages import drawn_page

ODD = "<b onclick='x'>\"&\x1b[2J\u202e{{ 7 * 7 }}{% raw %}"
SHOWN = "<b onclick='x'>\"&\\x1b[2J\\u202e{{ 7 * 7 }}{% raw %}"


def page() -> Page:
    head, rows = ("", "value"), (("row", ODD), ("other", "1 < 2"))
    tables = (Table("First", ("", ""), rows), Table("Second", head, rows))
    return Page(ODD, (ODD, "take care"), tables, (Figure("f", ODD, b"png"),))


def summary(folder: Path) -> str:
    outcomes = [
        VolumeOutcome(ODD, PurePosixPath("a/b c.nii.gz"), "done before", 1.5, message=ODD),
        VolumeOutcome("b", None, "failed", message="broken", source="in/b.nii"),
    ]
    write_summary(folder / "summary.html", outcomes)
    return (folder / "summary.html").read_text(encoding="utf-8")


def test_text_stays_text(tmp_path: Path) -> None:
    for text, times in ((page().html(), 7), (summary(tmp_path), 2)):
        assert "<b " not in text and "\x1b" not in text and "\u202e" not in text
        assert unescape(text).count(SHOWN) == times


def test_a_report_has_everything_in_its_order() -> None:
    text = page().html()
    plain = unescape(re.sub(r"<[^>]+>", " ", text.partition("<body>")[2]))
    words = ("take care", "First", "1 < 2", "Second", "value", "Made by srviewer")
    places = [plain.index(word) for word in words]
    assert places == sorted(places) and plain.count(RESEARCH_USE_ONLY) == 2
    assert text.count("<th>") == 2  # an empty head is no row
    assert "data:image/png;base64,cG5n" in text


def test_a_summary_has_everything(tmp_path: Path) -> None:
    text = summary(tmp_path)
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    assert len(rows) == 3 and "in/b.nii" in rows[1]  # failures first
    assert '<td class="failed">failed</td>' in rows[1] and "broken" in rows[1]
    assert "href='a/b%20c.nii.gz'" in rows[2] and "href='logs/a/b%20c.nii.gz.log'" in rows[2]
    assert MARK in text and "2 volumes: 1 done before, 1 failed" in text


def test_both_have_the_one_style_sheet(tmp_path: Path) -> None:
    style = (resource("pages") / "page.css").read_text(encoding="utf-8").strip()
    assert style in page().html() and style in summary(tmp_path)


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        drawn_page("summary.html", title="a")


def test_the_templates_are_loaded_when_a_page_is_drawn() -> None:
    script = "import sys, srviewer.sr.report.pages; print('jinja2' in sys.modules)"
    assert output([sys.executable, "-c", script]).strip() == "False"
