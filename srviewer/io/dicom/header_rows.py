"""The header of a DICOM file as rows that can be searched."""

from pathlib import Path
from typing import cast

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from srviewer.io.dicom.elements.bounded_reading import items_of, read_dicom_header
from srviewer.io.dicom.elements.file_bytes import LARGEST_INFLATED, DicomBytes
from srviewer.io.dicom.elements.pydicom_warnings import seriously
from srviewer.io.header_rows import READING, HeaderRow, Section, text_of, texts_of
from srviewer.job import Job, Progress

DEEPEST = 8  # sequences within sequences
MOST_ROWS = 20_000
LARGEST_VALUE = 64 << 10  # bytes of a value that is shown


def dicom_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the elements of a DICOM file, sequences with their items.

    Args:
        path: The file.

    Returns:
        At most ``MOST_ROWS`` rows in the order of the tags, and one that says that there are more.
    """
    return tuple((yield from seriously(_tags(path))))


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
    return texts_of(value, "\\") if several else text_of(value)
