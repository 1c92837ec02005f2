"""A DICOMDIR: the files that it names, and none outside its own folder."""

from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from srviewer.errors import UserError
from srviewer.io.dicom_header import UNREADABLE
from srviewer.io.dicom_kinds import DIRECTORY
from srviewer.io.dicom_warnings import only_serious

NAME = "DICOMDIR"
# Elements of a record that point at another one: the next, and the first below it.
POINTERS = ("OffsetOfTheNextDirectoryRecord", "OffsetOfReferencedLowerLevelDirectoryEntity")


@dataclass(frozen=True)
class Directory:
    """``files``: those that are there. ``missing``: how many are named and are not.

    ``damaged``: whether some or all of what it names cannot be told.
    """

    files: tuple[Path, ...]
    missing: int
    damaged: bool = False


def directory(path: Path) -> Directory | None:
    """What ``path`` names if it is a DICOMDIR; None for any other file, or one that is denied.

    Raises UserError when a name leads out of the DICOMDIR's folder; no file is touched then.
    """
    try:
        with only_serious():
            records = _records(path)
            names = None if records is None else [_name(path, record) for record in records]
            damaged = records is not None and _is_cut(path, records)
    except UNREADABLE as error:
        denied = isinstance(error, OSError) and error.errno is not None
        known = path.stem.upper() == NAME and not denied
        return Directory((), 0, damaged=True) if known else None
    if names is None:
        return None
    root = path.parent.resolve()
    wanted = [name for name in names if name]
    found = [file for name in wanted if (file := _found(root, name)) is not None]
    for file in found:
        if not file.resolve().is_relative_to(root):
            raise _leads_out(path, str(file.relative_to(root)))
    return Directory(tuple(dict.fromkeys(found)), len(wanted) - len(found), damaged)


def _records(path: Path) -> list[Dataset] | None:
    """The records of a DICOMDIR; None for any other file. Raises one of UNREADABLE if damaged."""
    with path.open("rb") as file:
        if file.read(132)[128:] != b"DICM":
            if path.stem.upper() == NAME:
                raise InvalidDicomError(f"{NAME} without its start")
            return None
    header = dcmread(path, specific_tags=["DirectoryRecordSequence"])
    kind = header.file_meta.get("MediaStorageSOPClassUID")
    if kind != DIRECTORY and (kind or path.stem.upper() != NAME):
        return None
    if "DirectoryRecordSequence" not in header:
        raise InvalidDicomError("no records")
    return list(header.DirectoryRecordSequence or ())


def _is_cut(path: Path, records: list[Dataset]) -> bool:
    """Whether a record lies, or its content would lie, behind the end of the file."""
    size = path.stat().st_size
    pointers = (int(one.get(name) or 0) for one in records for name in POINTERS)
    return any(pointer >= size for pointer in pointers) or any(
        one.get("DirectoryRecordType") == "IMAGE" and "ReferencedFileID" not in one
        for one in records
    )


def _name(path: Path, record: Dataset) -> tuple[str, ...]:
    """The parts of the name of a record's file; none for a record without one."""
    value = record.get("ReferencedFileID") or ()
    parts = (value,) if isinstance(value, str) else tuple(map(str, value))
    if any(part in ("", ".", "..") or set(part) & set("/\\:\0") for part in parts):
        raise _leads_out(path, "/".join(parts))
    return parts


def _found(root: Path, name: tuple[str, ...]) -> Path | None:
    """The file of this name; discs are often copied with other capitals, or ";1" behind."""
    place = root
    try:
        for part in name:
            exact = place / part
            if not exact.exists():
                same = (one for one in _inside(place) if _plain(one.name) == _plain(part))
                exact = next(same, exact)
            place = exact
        return place if place.is_file() else None
    except OSError:  # a folder on the way may not be entered
        return None


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _plain(name: str) -> str:
    return name.upper().removesuffix(";1").rstrip(".")


def _leads_out(path: Path, name: str) -> UserError:
    return UserError(
        f"'{path.name}' is refused: it names a file outside its own folder ('{name}'). Open the "
        "folder with the images instead."
    )
