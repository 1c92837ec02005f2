"""Links of the documentation lead to files and tests that exist."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from children import ran

ROOT = Path(__file__).parents[1]
FOLDERS = (".", "docs", "packaging", "benchmarks", "resources")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md")) + sorted(
    (ROOT / "resources").glob("*/*.md")
)
LINK = re.compile(r"\]\(([^)\s]+?)(?:\s+\"([^\"]+)\")?\)")
IMAGE = re.compile(r"<img[^>]* src=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
OURS = 2  # the cell of a row of the table in features.md that is about srviewer
ELSEWHERE = re.compile(r"[a-z]+:")


def _text(page: Path) -> str:
    """The page without blocks of code, in which nothing is a link or a heading."""
    return CODE.sub("", page.read_text(encoding="utf-8"))


def _anchors(page: Path) -> set[str]:
    """What a link can name of a page: its headings as GitHub calls them."""
    bare = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(_text(page)))
    return {heading.strip().replace(" ", "-") for heading in bare}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_into_the_repository_leads_somewhere(page: Path) -> None:
    text = _text(page)
    for target, title in (*LINK.findall(text), *((image, "") for image in IMAGE.findall(text))):
        if ELSEWHERE.match(target):
            continue
        place, _, anchor = target.partition("#")
        path = page.parent / place if place else page
        assert path.exists(), f"{page.name} points to {target}"
        if anchor:
            assert anchor in _anchors(path), f"{page.name} points to {target}"
        if title and path.suffix == ".py":
            assert f"def {title}(" in path.read_text(encoding="utf-8"), f"{path} has no {title}"


def test_every_feature_of_ours_names_the_test_that_shows_it() -> None:
    page = ROOT / "docs" / "features.md"
    table = _text(page).split("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 40
    for row in rows:
        feature, cell = row[1].strip(), row[OURS].strip()
        if feature.startswith("**") or cell == "no":  # a heading; what we do not have
            continue
        found = LINK.findall(cell)
        assert found, f"'{feature}' names no test: {cell}"
        for target, title in found:
            assert target.startswith("../tests/") and title, f"'{feature}' leads to {target}"


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert set(re.findall(r"- (\S+\.md)$", navigation, re.MULTILINE)) == pages


def test_the_picture_of_the_layers_shows_each_of_them_from_top_to_bottom() -> None:
    drawn = ran([sys.executable, str(ROOT / "packaging" / "site" / "architecture.py")])
    assert drawn.returncode == 0, drawn.stderr
    labels = ElementTree.fromstring(drawn.stdout).iter("{http://www.w3.org/2000/svg}text")
    heights = {label.text: float(label.attrib["y"]) for label in labels}
    order = ["__main__", "gui", "sr", "io", "core", "job", "errors"]
    assert sorted(order, key=lambda name: heights[name]) == order
    assert heights["gui"] == heights["cli"] and heights["io"] == heights["nn"]


def test_every_term_of_the_glossary_has_one_meaning() -> None:
    sections = _text(ROOT / "docs" / "glossary.md").split("\n## ")[1:-1]  # the last lists no terms
    rows = [row for section in sections for row in re.findall(r"^\| (.+) \|$", section, re.M)]
    cells = [row.split(" | ") for row in rows if not row.startswith("term |")]
    assert len(cells) > 150
    assert not [row for row in cells if len(row) != 3 or not all(row)]
    terms = [term for row in cells for term in row[0].split(", ")]
    assert not {term for term in terms if terms.count(term) > 1}
