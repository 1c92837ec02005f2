"""The headers of all formats as rows that can be searched."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from nibabel.wrapstruct import WrapStruct
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from srviewer.errors import UserError
from srviewer.io.dicom.elements.bounded_reading import items_of, read_dicom_header
from srviewer.io.dicom.elements.file_bytes import LARGEST_INFLATED, DicomBytes
from srviewer.io.dicom.elements.pydicom_warnings import seriously
from srviewer.io.nifti.file_pairs import ImageFiles, images_of
from srviewer.io.nifti.header import mgh_header, raw_header
from srviewer.job import Job, Progress

LONGEST = 10_000  # characters of a value
READING = "Reading the header of {name}"
DEEPEST = 8  # sequences within sequences
MOST_ROWS = 20_000
LARGEST_VALUE = 64 << 10  # bytes of a value that is shown
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


def dicom_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the elements of a DICOM file, sequences with their items.

    Args:
        path: The file.

    Returns:
        At most ``MOST_ROWS`` rows in the order of the tags, and one that says that there are more.
    """
    return tuple((yield from seriously(_tags(path))))


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


def _nifti(path: Path) -> WrapStruct:
    """The header as the file holds it."""
    (files,) = images_of([path]).images or (ImageFiles(path, path),)
    header = raw_header(files)
    if header is None:
        raise ValueError("it is neither NIfTI nor Analyze")
    return header


def _fields(header: WrapStruct) -> Iterator[HeaderRow]:
    for name, value in header.items():
        values = list(value.reshape(-1))  # of numpy, which writes float32 shortly
        yield HeaderRow(str(name), "", _text(values[0]) if value.ndim == 0 else _texts(values, " "))


def _tags(path: Path) -> Job[list[HeaderRow]]:
    rows: list[HeaderRow] = []
    with DicomBytes(path, inflated=LARGEST_INFLATED) as file:
        if file.read(132)[128:] != b"DICM":
            raise InvalidDicomError("it does not begin like a DICOM file")
        header = yield from read_dicom_header(path, file, None)
    yield from _dicom(path, header.file_meta, 0, rows)
    yield from _dicom(path, header, 0, rows)
    if len(rows) > MOST_ROWS:
        rows[MOST_ROWS:] = [HeaderRow("", f"and more than these {MOST_ROWS:,} rows", "")]
    return rows


def _dicom(
    path: Path, dataset: Dataset, depth: int, rows: list[HeaderRow], private: bool = False
) -> Job[None]:
    """Add the rows of ``dataset`` to ``rows``, as long as they are not too many."""
    for tag in sorted(dataset.keys()):
        if len(rows) > MOST_ROWS:
            return
        yield Progress(len(rows) / MOST_ROWS, READING.format(name=path.name))
        stored = dataset.get_item(tag)
        size = len(stored.value) if isinstance(stored.value, bytes) else 0
        inside = private or tag.is_private
        items: list[Dataset] = []
        if _is_sequence(dataset, tag, size):
            items = yield from items_of(path, dataset, tag, MOST_ROWS)
            name, value, vr = str(DataElement(tag, "SQ", None).name), f"{len(items)} item(s)", "SQ"
        elif size > LARGEST_VALUE:
            name, value, vr = str(DataElement(tag, "UN", None).name), f"{size:,} bytes", ""
        else:
            element = dataset[tag]
            name, value, vr = str(element.name), _value(element), str(element.VR)
        section: Section = "private" if inside else "header"
        rows.append(HeaderRow(str(tag), "  " * depth + name, value, vr, section, depth))
        for item in items if depth < DEEPEST else ():
            yield from _dicom(path, item, depth + 1, rows, inside)


def _is_sequence(dataset: Dataset, tag: BaseTag, size: int) -> bool:
    """Whether an element of ``size`` bytes is a sequence, by its VR or pydicom's dictionary."""
    # The declared type lacks what was not converted yet.
    kind = cast(str | None, dataset.get_item(tag).VR)
    if kind is None and size > LARGEST_VALUE:
        return bool(dictionary_has_tag(tag)) and dictionary_VR(tag) == "SQ"
    return kind == "SQ" or (size <= LARGEST_VALUE and dataset[tag].VR == "SQ")


def _value(element: DataElement) -> str:
    """The value of an element as DICOM writes it: several with a backslash between them."""
    value = element.value
    if value is None:
        return ""
    several = isinstance(value, list | tuple | MultiValue)
    return _texts(value, "\\") if several else _text(value)


def _texts(values: Iterable[object], separator: str) -> str:
    return _cut(separator.join(map(_text, values)))


def _text(value: object) -> str:
    if isinstance(value, bytes):
        text = value.strip(b"\0 ").decode("latin-1")
        return _cut(text if text.isprintable() else f"{len(value)} bytes")
    return _cut(" ".join(str(value).split()))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\u2026"
