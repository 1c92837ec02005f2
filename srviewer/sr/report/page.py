"""A page of tables and figures as one HTML file that needs nothing else."""

from base64 import b64encode
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from srviewer.atomic import write_atomically, write_text
from srviewer.sr.report.pages import drawn_page
from srviewer.unwritable import check_folder, make_folder


@dataclass(frozen=True)
class Table:
    """``title``; ``head`` and ``rows`` of text, as wide as each other."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Figure:
    """``name``: of its PNG file, without suffix. ``png``: the bytes of the picture."""

    name: str
    caption: str
    png: bytes

    @property
    def base64(self) -> str:
        """The picture as text, to stand inside a page."""
        return b64encode(self.png).decode("ascii")


@dataclass(frozen=True)
class Page:
    """``warnings``: one line each, shown before everything else."""

    title: str
    warnings: tuple[str, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]

    def html(self) -> str:
        """The whole page."""
        return drawn_page("report.html", page=self)

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
