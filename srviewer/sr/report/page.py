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
    """A table of text.

    Attributes:
        title: Above the table.
        head: The titles of the columns; empty ones are allowed.
        rows: Cells, as many in each row as in ``head``.
        note: Below the title, "" for none.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure of a page.

    Attributes:
        name: Of its PNG file, without suffix.
        caption: Below the figure.
        png: The bytes of the PNG file.
    """

    name: str
    caption: str
    png: bytes

    @property
    def base64(self) -> str:
        """The PNG file as Base64, to be embedded in a page."""
        return b64encode(self.png).decode("ascii")


@dataclass(frozen=True)
class Page:
    """A report: warnings, then tables and figures.

    Attributes:
        title: Of the page.
        warnings: One line each, shown before everything else.
        tables: In their order.
        figures: In their order.
    """

    title: str
    warnings: tuple[str, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]

    def html(self) -> str:
        """The page as one HTML file."""
        return drawn_page("report.html", page=self)

    def save(self, path: Path) -> None:
        """Write the page, and its figures as PNG into the folder ``NAME-figures`` beside it.

        Args:
            path: The HTML file; an existing one is replaced.
        """
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
