"""Everything that a file's header says, as rows that can be searched."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import is_zipfile

import nibabel as nib
import pydicom
from nibabel.wrapstruct import WrapStruct
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from srviewer.core.source import SourceFile
from srviewer.errors import UserError
from srviewer.io.content import digest
from srviewer.io.nifti_header import UNREADABLE, raw_header
from srviewer.io.nifti_names import ImageFiles, images_of, is_pair_part
from srviewer.job import Job, Progress

LONGEST = 300  # characters of a value
NIFTI = (".nii", ".nii.gz")
MGH = (".mgz", ".mgh")
DEEPEST = 8  # sequences within sequences


@dataclass(frozen=True)
class HeaderRow:
    """``key``: a DICOM tag "(0018,0050)" or the name of a NIfTI field; ``value``: as text."""

    key: str
    name: str
    value: str

    def matches(self, wanted: str) -> bool:
        """Whether ``wanted`` occurs anywhere in it, in either case; keywords lack spaces."""
        text = f"{self.key} {self.name} {self.value}".lower()
        return wanted.lower() in text or wanted.lower() in text.replace(" ", "")


def header_of(file: SourceFile) -> Job[tuple[HeaderRow, ...]]:
    """As ``header_rows``, of a file that was read. Raises UserError when it was replaced since."""
    if (yield from digest(file.path)) != file.sha256:
        raise UserError(
            f"'{file.path.name}' was replaced or changed since it was opened, so its header may be "
            "that of another scan. Open it again."
        )
    return (yield from header_rows(file.path))


def header_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """The header of one DICOM, NIfTI, Analyze or FreeSurfer file; voxels are not read.

    Raises UserError when it cannot be read, and for an archive.
    """
    yield Progress(0.0, f"Reading the header of {path.name}")
    if is_zipfile(path):
        raise UserError(f"'{path.name}' is an archive. Unpack it to see the headers inside.")
    try:
        if path.name.lower().endswith(MGH):
            return tuple(_fields(nib.load(path, mmap=False).header))
        if path.name.lower().endswith(NIFTI) or is_pair_part(path):
            return tuple(_fields(_nifti(path)))
        return tuple(_dicom(pydicom.dcmread(path, stop_before_pixels=True), 0))
    except (*UNREADABLE, InvalidDicomError) as error:
        raise UserError(f"The header of '{path.name}' cannot be read: {error}") from error


def _nifti(path: Path) -> WrapStruct:
    """The header as the file holds it."""
    (files,) = images_of([path]).images or (ImageFiles(path, path),)
    header = raw_header(files)
    if header is None:
        raise ValueError("it is neither NIfTI nor Analyze")
    return header


def _fields(header: WrapStruct) -> Iterator[HeaderRow]:
    for name, value in header.items():
        yield HeaderRow(str(name), "", _text(value.item() if value.ndim == 0 else value))


def _dicom(dataset: Dataset, depth: int) -> Iterator[HeaderRow]:
    for element in dataset:
        key, name = str(element.tag), "  " * depth + str(element.name)
        if element.VR != "SQ":
            yield HeaderRow(key, name, _text(element.value))
            continue
        yield HeaderRow(key, name, f"{len(element.value)} item(s)")
        if depth < DEEPEST:
            for item in element.value:
                yield from _dicom(item, depth + 1)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        text = value.strip(b"\0 ").decode("latin-1")
        text = text if text.isprintable() else f"{len(value)} bytes"
    else:
        text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\u2026"
