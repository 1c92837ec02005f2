"""The texts of the window for translators, and their translations for the window.

``python packaging/translations.py de`` writes ``resources/translations/srviewer_de.ts`` or brings
it up to date; without a language every ``.ts`` there is renewed. Each becomes the ``.qm`` that the
window loads. ``make translations`` calls this.
"""

import argparse
import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from srviewer import RESEARCH_USE_ONLY
from srviewer.core.scores.metrics import METRICS
from srviewer.core.slices.planes import Plane
from srviewer.gui.training.plan_form import field_title
from srviewer.io.formats import FORMATS, open_filter
from srviewer.io.targets import TARGETS
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.plans.presets import PRESETS
from srviewer.sr.cross_plane.methods import METHODS
from srviewer.sr.results.maps import MAPS
from srviewer.study.state.layouts import LAYOUTS

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent  # pyside6-lupdate and pyside6-lrelease come with PySide6
BELOW = ("core", "io", "nn", "sr")  # what they say is shown, too
SAYS = ("UserError", "Progress", "ScanWarning")  # their last argument is shown


def main() -> int:
    """Renew what is asked for; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", nargs="?", help="a language to add, such as de or pt_BR")
    parser.add_argument("--folder", type=Path, default=ROOT / "resources" / "translations")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    sources = set(wanted.folder.glob("srviewer_*.ts"))
    if wanted.language:
        sources.add(wanted.folder / f"srviewer_{wanted.language}.ts")
    for source in sorted(sources):
        _renew(source)
        _run("lrelease", "-silent", str(source), "-qm", str(source.with_suffix(".qm")))
    return 0


def _renew(source: Path) -> None:
    """Bring the texts of one language up to date; what was translated is kept."""
    with tempfile.TemporaryDirectory() as scratch:
        below = Path(scratch) / "below.py"
        texts = sorted({*_tables(), *_said()})
        below.write_text("".join(f"tr({text!a})\n" for text in texts), encoding="utf-8")
        own = [str(path) for path in sorted((ROOT / "srviewer" / "gui").rglob("*.py"))]
        options = (
            "-silent",
            "-locations",
            "none",
            "-no-obsolete",
            "-tr-function-alias",
            "tr+=mark",
        )
        _run("lupdate", *options, *own, str(below), "-ts", str(source))


def _tables() -> Iterator[str]:
    """Titles of what the layers below offer, and what a plan says of its fields."""
    yield from (RESEARCH_USE_ONLY, open_filter())
    for row in (*FORMATS, *METHODS, *MAPS, *PRESETS, *Plane, *LAYOUTS):
        yield row.title
    yield from (row.tip for row in LAYOUTS)
    for target in TARGETS:
        yield from (target.title, target.tip, target.question)
        yield from filter(None, target.stores.values())
    for metric in METRICS:
        yield from (metric.title, metric.heading, metric.axis_title)
    yield from _plan(TrainingPlan)


def _plan(kind: Any) -> Iterator[str]:
    hints = get_type_hints(kind)
    for field in fields(kind):
        about = field.metadata
        yield from (about["tip"], *(about["choices"] or ()), *filter(None, (about["unit"],)))
        if is_dataclass(hints[field.name]):
            yield from _plan(hints[field.name])
        else:
            yield field_title(field.name)


def _said() -> Iterator[str]:
    """Whole texts of errors, warnings and progress; those with values in them stay English."""
    for part in BELOW:
        for path in sorted((ROOT / "srviewer" / part).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                said = isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYS
                message = node.args[-1] if said and node.args else None
                if isinstance(message, ast.Constant) and isinstance(message.value, str):
                    yield message.value


def _run(tool: str, *arguments: str) -> None:
    subprocess.run([str(TOOLS / f"pyside6-{tool}"), *arguments], check=True, timeout=60)


if __name__ == "__main__":
    sys.exit(main())
