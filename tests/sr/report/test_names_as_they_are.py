"""Names that are markup, mathematics or control characters in figures, pages, cards and logs."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path, PurePosixPath

import matplotlib as mpl
from PySide6.QtGui import QTextDocument

from srviewer.core.scores.image_scores import PROTOCOLS
from srviewer.job import run
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.records import BatchFolder, Log
from srviewer.sr.batch.summary import write_summary
from srviewer.sr.benchmark.image_sets import BenchmarkResult, BenchmarkRow
from srviewer.sr.benchmark.paper_figures import save_figures
from srviewer.sr.models.available_models import available_models
from srviewer.sr.models.model_card import card_markdown
from srviewer.sr.report.page import Figure, Page, Table
from srviewer.sr.training.log import LossCurves

MARKUP = "<img src='file:///p.png'>\"&amp;\x1b[2J\u202e"
SHOWN = "<img src='file:///p.png'>\"&amp;\\x1b[2J\\u202e"
NAMES = (r"a$\frac{b$", "$x_1$ ^2", r"cost \$5", "_hidden", "tab\tnew\nline", "\x1b[2J")


def _drawn(folder: Path, stem: str) -> set[str]:
    svg = (folder / f"{stem}.svg").read_text(encoding="utf-8")
    return {unescape(text).strip() for text in re.findall(r"<text[^>]*>([^<]*)<", svg)}


def test_names_in_figures_are_no_mathematics(tmp_path: Path) -> None:
    rows = tuple(
        BenchmarkRow(s, 2, name, preset, 1, 30.0, 0.9, 0.1)
        for s in NAMES[:3]
        for name, preset in [("bicubic", "bicubic"), *((n, f"mine {n}") for n in NAMES)]
    )
    result = BenchmarkResult(PROTOCOLS[0], "$cuda$", rows)
    curves = [LossCurves(name, {"$l_1$": ([1, 2], [1.0, 0.5])}) for name in NAMES]
    with mpl.rc_context({"svg.fonttype": "none"}):  # words, where outlines are written else
        made = run(save_figures(result, curves, tmp_path))
    shown = {name.replace("\t", "\\x09").replace("\n", "\\x0a") for name in NAMES[:5]}
    shown.add("\\x1b[2J")
    assert shown | {"$l_1$ loss"} <= _drawn(tmp_path, "figure-04")
    bars = next(path.stem for path in made if path.stem.startswith("figure-05"))
    assert shown <= _drawn(tmp_path, bars)


def test_names_in_the_summary_of_a_batch_are_text(tmp_path: Path) -> None:
    odd = PurePosixPath(f"a/{MARKUP.replace('/', '')}\udcff' onclick='x.nii.gz")
    one = VolumeOutcome(MARKUP, odd, "done", message=MARKUP, source=MARKUP, values={})
    write_summary(tmp_path / "summary.html", [one])
    page = (tmp_path / "summary.html").read_text(encoding="utf-8")
    assert page.count("<img") == 0 and "\x1b" not in page and "\u202e" not in page
    assert unescape(page).count(SHOWN) == 3
    links = re.findall(r"<a href='([^']*)'>", page)
    assert len(links) == 2 and all(re.fullmatch(r"[\w%./~-]+", link) for link in links)
    assert "%FF%27%20onclick" in links[0]


def test_names_in_a_report_are_text() -> None:
    table = Table(MARKUP, (MARKUP, ""), ((MARKUP, "1"),))
    page = Page(MARKUP, (MARKUP,), (table,), (Figure("f", MARKUP, b""),)).html()
    tags = re.findall(r"<img[^>]*>", page)
    assert len(tags) == 1 and tags[0].startswith('<img alt="&lt;img src=')
    assert "\x1b" not in page and unescape(page).count(SHOWN) == 8


def test_names_in_a_model_card_are_text(qapp: object) -> None:
    card = available_models()[0]
    odd = replace(card, name=MARKUP, licences=dict.fromkeys(card.plan.train, MARKUP))
    text = card_markdown(odd)
    document = QTextDocument()
    document.setMarkdown(text)
    assert "<img" not in document.toHtml()
    plain = document.toPlainText()
    assert f"Model card: {SHOWN}" in plain
    assert plain.count(SHOWN) == 1 + len(card.plan.train)


def test_a_log_of_a_batch_has_no_control_characters(tmp_path: Path) -> None:
    output = PurePosixPath("a.nii.gz")
    log = Log(BatchFolder(tmp_path, "1"))
    log.of(output)
    log.add(f"failed: {MARKUP}\udcff\nsecond line")
    text = (tmp_path / "logs" / "a.nii.gz.log").read_text(encoding="utf-8")
    assert text.endswith(f"failed: {SHOWN}\\udcff\nsecond line\n")
