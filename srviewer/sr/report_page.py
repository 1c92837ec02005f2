"""A page of tables and figures as one HTML file that needs nothing else."""

from base64 import b64encode
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.atomic import write_atomically, write_text
from srviewer.core.visible_text import html_text
from srviewer.unwritable import check_folder, make_folder

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff;
  max-width: 1100px; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
.research { color: #8a4b00; font-weight: 600; }
ul.warnings { background: #fff6e5; border-left: 4px solid #d98a00; padding: .7rem 1rem .7rem 2rem; }
table { border-collapse: collapse; font-size: .9rem; }
td, th { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #e4e7eb;
  vertical-align: top; overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; }
th { color: #57606a; font-weight: 600; }
figure { margin: 1.2rem 0; } img { max-width: 100%; } figcaption { color: #57606a; }
"""


@dataclass(frozen=True)
class Table:
    """``title``; ``head`` and ``rows`` of text, as wide as each other."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def html(self) -> str:
        """A heading and a table."""
        head = "".join(f"<th>{html_text(cell)}</th>" for cell in self.head)
        rows = "".join(
            f"<tr>{''.join(f'<td>{html_text(cell)}</td>' for cell in row)}</tr>"
            for row in self.rows
        )
        shown = f"<tr>{head}</tr>" if any(self.head) else ""
        return f"<h2>{html_text(self.title)}</h2>\n<table>{shown}{rows}</table>"


@dataclass(frozen=True)
class Figure:
    """``name``: of its PNG file, without suffix. ``png``: the bytes of the picture."""

    name: str
    caption: str
    png: bytes

    def html(self) -> str:
        """The picture, inside the page, with its caption."""
        data = b64encode(self.png).decode("ascii")
        caption = html_text(self.caption)
        return (
            f'<figure><img alt="{caption}" src="data:image/png;base64,{data}">'
            f"<figcaption>{caption}</figcaption></figure>"
        )


@dataclass(frozen=True)
class Page:
    """``warnings``: one line each, shown before everything else."""

    title: str
    warnings: tuple[str, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]

    def html(self) -> str:
        """The whole page."""
        lines = "".join(f"<li>{html_text(line)}</li>" for line in self.warnings)
        first, *others = (table.html() for table in self.tables)
        body = "\n".join(
            [
                f"<h1>{html_text(self.title)}</h1>",
                f'<p class="research">{html_text(RESEARCH_USE_ONLY)}</p>',
                f'<ul class="warnings">{lines}</ul>' if lines else "",
                first,
                *(figure.html() for figure in self.figures),
                *others,
                f"<p>Made by srviewer {__version__}. {html_text(RESEARCH_USE_ONLY)}</p>",
            ]
        )
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>{html_text(self.title)}</title><style>{STYLE}</style></head>\n"
            f"<body>\n{body}\n</body></html>\n"
        )

    def save(self, path: Path) -> None:
        """Write the page, and its figures as PNG into the folder ``NAME-figures`` beside it."""
        folder = path.with_name(f"{path.stem}-figures")
        check_folder(folder.parent)
        make_folder(folder)
        for figure in self.figures:
            target = folder / f"{figure.name}.png"
            write_atomically(target, partial(_save, figure.png), _check_filled)
        write_text(path, self.html())


def _save(content: bytes, target: Path) -> None:
    target.write_bytes(content)


def _check_filled(path: Path) -> None:
    if path.stat().st_size == 0:
        raise OSError("nothing was written")
