"""The headers of files as rows that can be searched; those of DICOM files are in ``io/dicom``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from srviewer.core.counted import counted
from srviewer.errors import UserError
from srviewer.io.nifti.file_pairs import ImageFiles, images_of
from srviewer.io.nifti.header import mgh_header, raw_header
from srviewer.job import Job, Progress

if TYPE_CHECKING:
    from nibabel.wrapstruct import WrapStruct

LONGEST = 10_000  # characters of a value
READING = "Reading the header of {name}"
Section = Literal["header", "sidecar", "private"]


@dataclass(frozen=True)
class HeaderRow:
    """One element of a header.

    Attributes:
        key: A DICOM tag "(0018,0050)", or the name of a NIfTI field or of a value of a sidecar.
        name: The name of a DICOM element, indented within sequences; the file of a sidecar; "" for
            other formats.
        value: The value as text: as DICOM writes it, several with a backslash between them.
        vr: The value representation of a DICOM element; "" for other formats.
        section: Of the header itself, of a JSON file beside the image, or private: a DICOM element
            of a manufacturer, with all that is inside.
        depth: The number of DICOM sequences around the element.
    """

    key: str
    name: str
    value: str
    vr: str = ""
    section: Section = "header"
    depth: int = 0

    def matches(self, wanted: str) -> bool:
        """Whether a text occurs anywhere in the row, in either case; keywords lack spaces.

        Args:
            wanted: The text to search for.

        Returns:
            True where key, name or value holds it.
        """
        text = f"{self.key} {self.name} {self.value}".lower()
        return wanted.lower() in text or wanted.lower() in text.replace(" ", "")


def mgh_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the header of a FreeSurfer file.

    Args:
        path: The file.

    Returns:
        A row for each field.
    """
    yield Progress(0.0, READING.format(name=path.name))
    return tuple(_fields(mgh_header(path, check=False)))


def nifti_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the header of a NIfTI or Analyze file, or of its pair.

    Args:
        path: Either file of a pair, or a single file.

    Returns:
        A row for each field, as the file holds it.
    """
    yield Progress(0.0, READING.format(name=path.name))
    return tuple(_fields(_nifti(path)))


def archive_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Refuse to show a header of an archive: the headers are inside.

    Args:
        path: The archive.

    Yields:
        One step, so that it is a job like the others.

    Raises:
        UserError: Always.
    """
    yield Progress(0.0, READING.format(name=path.name))
    raise UserError(f"'{path.name}' is an archive. Unpack it to see the headers inside.")


def _nifti(path: Path) -> "WrapStruct":
    """The header as the file holds it."""
    (files,) = images_of([path]).images or (ImageFiles(path, path),)
    header = raw_header(files)
    if header is None:
        raise ValueError("it is neither NIfTI nor Analyze")
    return header


def _fields(header: "WrapStruct") -> Iterator[HeaderRow]:
    for name, value in header.items():
        values = list(value.reshape(-1))  # of numpy, which writes float32 shortly
        yield HeaderRow(
            str(name), "", text_of(values[0]) if value.ndim == 0 else texts_of(values, " ")
        )


def texts_of(values: Iterable[object], separator: str) -> str:
    """The texts of several values on one line.

    Args:
        values: Of an element of a header.
        separator: Between two of them.

    Returns:
        At most ``LONGEST`` characters.
    """
    return _cut(separator.join(map(text_of, values)))


def text_of(value: object) -> str:
    """The text of a value on one line.

    Args:
        value: Of an element of a header.

    Returns:
        At most ``LONGEST`` characters; for bytes that are no text, their number.
    """
    if isinstance(value, bytes):
        text = value.strip(b"\0 ").decode("latin-1")
        return _cut(text if text.isprintable() else counted(len(value), "byte"))
    return _cut(" ".join(str(value).split()))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\u2026"
