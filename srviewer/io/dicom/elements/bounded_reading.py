"""DICOM headers and sequences read as a job, in time and memory that their bytes bound."""

from collections.abc import Container, Generator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import cast

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import read_partial, read_sequence_item
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from srviewer.errors import UserError
from srviewer.io.dicom.elements.file_bytes import LARGEST_INFLATED, DicomBytes, too_much
from srviewer.io.dicom.elements.pydicom_warnings import only_serious
from srviewer.job import Job, Progress, aside, run

PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
QUICK_BYTES = 1 << 20  # files no larger are read in one step
PIECES_OF_ITEM = 60_000  # reads of an item of a sequence, which is read in one step
EVERY = 64  # items in a step


def read_header_elements(path: Path, tags: Sequence[BaseTag | int] | None = None) -> FileDataset:
    """Read the header of a file up to its pixels, or some elements of it, in one step.

    Args:
        path: The DICOM file, deflated or not.
        tags: The elements to read; None for all of them.

    Returns:
        The header with its file meta information; elements are converted when they are asked for.

    Raises:
        UserError: The header holds more than any image's.
        InvalidDicomError: And other errors of pydicom, for files that break the standard.
    """
    with DicomBytes(path, inflated=LARGEST_INFLATED) as file:
        return run(read_dicom_header(path, file, tags, quick=True))


def read_dicom_header(
    path: Path,
    file: DicomBytes,
    tags: Sequence[BaseTag | int] | None,
    ends: Container[int] = PIXELS,
    quick: bool = False,
) -> Job[FileDataset]:
    """Read the header of an open file, up to the first of the elements at which reading stops.

    Args:
        path: The file's path, for its size and for messages.
        file: The open file; afterwards it is at the element at which reading stopped.
        tags: The elements to read; None for all of them.
        ends: The tags, group << 16 | element, at which reading stops: the pixels by default.
        quick: Read in one step, however large the file is; otherwise large ones are read in a
            thread.

    Returns:
        The header, as ``read_header_elements`` returns it.

    Raises:
        UserError: The header holds more than any image's.
        InvalidDicomError: And other errors of pydicom, for files that break the standard.
    """
    call = partial(_read, path, file, tags, ends)
    if quick or (path.stat().st_size <= QUICK_BYTES and not file.packed):
        yield Progress(0.0, f"Reading {path.name}")
        return call()
    # Where the job is cancelled its file is closed, which ends the thread at once.
    return (yield from aside(call, Progress(0.0, f"Reading {path.name}")))


def _read(
    path: Path, file: DicomBytes, tags: Sequence[BaseTag | int] | None, ends: Container[int]
) -> FileDataset:
    specific_tags = None if tags is None else list(tags)
    try:
        with only_serious():
            file.seek(0)
            header = read_partial(
                file,  # type: ignore[arg-type]
                lambda tag, vr, length: int(tag) in ends,
                force=True,
                specific_tags=specific_tags,
            )
    except Exception as error:
        if file.exceeded and not isinstance(error, UserError):  # pydicom replaced ours
            raise too_much(path) from error
        raise
    if file.exceeded:
        raise too_much(path)
    if file.deflated:
        header.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    return header


def items_of(
    path: Path, header: Dataset, tag: int, most: int
) -> Generator[Progress, None, list[Dataset]]:
    """Read the items of a sequence, a few in each step.

    Args:
        path: The file, for messages.
        header: The data set that holds the sequence.
        tag: The sequence, group << 16 | element.
        most: The largest count that the caller accepts; reading ends with the item after it.

    Returns:
        At most ``most`` + 1 items, so that the caller sees where there are too many; empty where
        the sequence is absent.

    Raises:
        UserError: An item is larger than any item of an image.
        InvalidDicomError: And other errors of pydicom, for files that break the standard.
    """
    # The declared type lacks what was not converted yet.
    element = cast(DataElement | RawDataElement | None, header.get_item(BaseTag(tag)))
    if element is None or isinstance(element, DataElement):
        return [] if element is None else list(element.value or ())[: most + 1]
    content = element.value or b""
    pieces = _Pieces(content, path)
    items: list[Dataset] = []
    while pieces.tell() < len(content) and len(items) <= most:
        item = _item(pieces, element.is_implicit_VR, element.is_little_endian)
        if item is None:
            break
        items.append(item)
        if len(items) % EVERY == 0:
            yield Progress(pieces.tell() / len(content), f"Reading {path.name}")
    return items


class _Pieces(BytesIO):
    """The bytes of a sequence, of which each item takes only a limited number of reads."""

    def __init__(self, content: bytes, path: Path) -> None:
        super().__init__(content)
        self.path = path
        self.reads_left = 0

    def allow(self, reads: int) -> None:
        """Set the number of reads that the next item may take."""
        self.reads_left = reads

    @property
    def exceeded(self) -> bool:
        """Whether an item took more reads than it was allowed."""
        return self.reads_left < 0

    def read(self, count: int | None = -1) -> bytes:
        self.reads_left -= 1
        if self.reads_left < 0:
            raise too_much(self.path)
        return super().read(count)


def _item(pieces: _Pieces, implicit: bool, little: bool) -> Dataset | None:
    pieces.allow(PIECES_OF_ITEM)
    try:
        with only_serious():
            return read_sequence_item(pieces, implicit, little, "iso8859")
    except OSError as error:  # pydicom's own, whatever was raised
        if pieces.exceeded:
            raise too_much(pieces.path) from error
        raise
