"""DICOMDIR: the files that it names, and none outside its own folder."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from srviewer.errors import UserError, is_of_system
from srviewer.io.dicom.elements.bounded_reading import items_of, read_dicom_header
from srviewer.io.dicom.elements.file_bytes import LARGEST_INFLATED, DicomBytes, too_much
from srviewer.io.dicom.elements.kinds import DIRECTORY
from srviewer.io.dicom.elements.pydicom_warnings import only_serious, seriously
from srviewer.io.dicom.headers.header import UNREADABLE
from srviewer.job import Job, Progress

NAME = "DICOMDIR"
RECORDS = 0x00041220
BEHIND = range(0x00080000, 1 << 32)  # elements that no DICOMDIR has before its records
MOST_RECORDS = 100_000  # of one DICOMDIR, and images of one disc
# Elements of a record that point at another one: the next, and the first below it.
POINTERS = ("OffsetOfTheNextDirectoryRecord", "OffsetOfReferencedLowerLevelDirectoryEntity")


@dataclass(frozen=True)
class Directory:
    """The files of a DICOMDIR.

    Attributes:
        files: Files that it names and that exist, each once.
        missing: The number of files that it names and that do not exist.
        damaged: Whether some of its records cannot be read.
    """

    files: tuple[Path, ...]
    missing: int
    damaged: bool = False


def directory(path: Path) -> Job[Directory | None]:
    """Read the files that a DICOMDIR names.

    Args:
        path: A file of any kind.

    Returns:
        The files; None where ``path`` is no DICOMDIR or cannot be read.

    Raises:
        UserError: It names a file outside its own folder, none of which is touched then, or holds
            more than one disc.
    """
    try:
        records = yield from seriously(_records(path))
        if records is None:
            return None
        with only_serious():
            names = [_name(path, record) for record in records]
            damaged = _is_cut(path, records)
    except UNREADABLE as error:
        known = path.stem.upper() == NAME and not is_of_system(error)
        return Directory((), 0, damaged=True) if known else None
    root = path.parent.resolve()
    wanted = [name for name in names if name]
    inside = _Inside()
    files = []
    for number, name in enumerate(wanted):
        if number % 64 == 0:
            yield Progress(number / len(wanted), f"Looking for the files of {path.name}")
        file = inside.file_named(root, name)
        if file is not None:
            files.append(file)
            if not file.resolve().is_relative_to(root):
                raise _leads_out(path, str(file.relative_to(root)))
    return Directory(tuple(dict.fromkeys(files)), len(wanted) - len(files), damaged)


def _records(path: Path) -> Job[list[Dataset] | None]:
    """The records of a DICOMDIR; None for any other file. Raises one of UNREADABLE if damaged."""
    with path.open("rb") as file:
        if file.read(132)[128:] != b"DICM":
            if path.stem.upper() == NAME:
                raise InvalidDicomError(f"{NAME} without its start")
            return None
    with DicomBytes(path, inflated=LARGEST_INFLATED) as content:
        header = yield from read_dicom_header(path, content, (RECORDS,), BEHIND)
    kind = header.file_meta.get("MediaStorageSOPClassUID")
    if kind != DIRECTORY and (kind or path.stem.upper() != NAME):
        return None
    if "DirectoryRecordSequence" not in header:
        raise InvalidDicomError("no records")
    records = yield from items_of(path, header, RECORDS, MOST_RECORDS)
    if len(records) > MOST_RECORDS:
        raise too_much(path)
    return records


def _is_cut(path: Path, records: list[Dataset]) -> bool:
    """Whether a record lies, or its content would lie, behind the end of the file."""
    size = path.stat().st_size
    pointers = (int(record.get(name) or 0) for record in records for name in POINTERS)
    return any(pointer >= size for pointer in pointers) or any(
        record.get("DirectoryRecordType") == "IMAGE" and "ReferencedFileID" not in record
        for record in records
    )


def _name(path: Path, record: Dataset) -> tuple[str, ...]:
    """The parts of the name of a record's file; none for a record without one."""
    value = record.get("ReferencedFileID") or ()
    parts = (value,) if isinstance(value, str) else tuple(map(str, value))
    if any(part in ("", ".", "..") or set(part) & set("/\\:\0") for part in parts):
        raise _leads_out(path, "/".join(parts))
    return parts


class _Inside:
    """The files of folders, each folder listed once."""

    def __init__(self) -> None:
        self._listed = cache(_by_plain_name)

    def file_named(self, root: Path, name: tuple[str, ...]) -> Path | None:
        """The file of a record's name; copies of discs often change capitals or append ";1"."""
        path = root
        try:
            for part in name:
                exact = path / part
                if not exact.exists():
                    exact = self._listed(path).get(_plain(part), exact)
                path = exact
            return path if path.is_file() else None
        except OSError:  # a folder on the way may not be entered
            return None


def _by_plain_name(folder: Path) -> dict[str, Path]:
    files = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else ()
    return {_plain(child.name): child for child in files}


def _plain(name: str) -> str:
    return name.upper().removesuffix(";1").rstrip(".")


def _leads_out(path: Path, name: str) -> UserError:
    return UserError(
        f"'{path.name}' is refused: it names a file outside its own folder ('{name}'). Open the "
        "folder with the images instead."
    )
