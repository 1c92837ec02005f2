"""A DICOMDIR: the files that it names, and none outside its own folder."""

from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset

from srviewer.errors import UserError
from srviewer.io.dicom_header import UNREADABLE
from srviewer.io.dicom_kinds import DIRECTORY
from srviewer.io.dicom_warnings import only_serious


@dataclass(frozen=True)
class Directory:
    """``files``: those that are there. ``missing``: how many are named and are not."""

    files: tuple[Path, ...]
    missing: int


def directory(path: Path) -> Directory | None:
    """What ``path`` names if it is a DICOMDIR; None for any other file.

    Raises UserError when a name leads out of the DICOMDIR's folder; no file is touched then.
    """
    try:
        with only_serious():
            records = _records(path)
            names = None if records is None else [_name(path, record) for record in records]
    except UNREADABLE:
        return None
    if names is None:
        return None
    root = path.parent.resolve()
    wanted = [name for name in names if name]
    found = [file for name in wanted if (file := _found(root, name)) is not None]
    for file in found:
        if not file.resolve().is_relative_to(root):
            raise _leads_out(path, str(file.relative_to(root)))
    return Directory(tuple(dict.fromkeys(found)), len(wanted) - len(found))


def _records(path: Path) -> list[Dataset] | None:
    with path.open("rb") as file:
        if file.read(132)[128:] != b"DICM":
            return None
    header = dcmread(path, specific_tags=["DirectoryRecordSequence"])
    if header.file_meta.get("MediaStorageSOPClassUID") != DIRECTORY:
        return None
    return list(header.get("DirectoryRecordSequence") or ())


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
