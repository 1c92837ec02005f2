"""Everything that a file's header says, whatever its format."""

from pathlib import Path
from zipfile import is_zipfile

from pydicom.errors import InvalidDicomError

from srviewer.core.volumes.source_files import SourceFile
from srviewer.errors import UserError
from srviewer.io.files.content import digest
from srviewer.io.formats import format_of
from srviewer.io.header_rows import HeaderRow, archive_rows
from srviewer.io.nifti.header import UNREADABLE
from srviewer.job import Job


def header_of(file: SourceFile) -> Job[tuple[HeaderRow, ...]]:
    """As ``header_rows``, of a file that was read. Raises UserError when it was replaced since."""
    if (yield from digest(file.path)) != file.sha256:
        raise UserError(
            f"'{file.path.name}' was replaced or changed since it was opened, so its header may be "
            "that of another scan. Open it again."
        )
    return (yield from header_rows(file.path))


def header_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """The header of one file of any format; voxels are not read.

    Raises UserError when it cannot be read, and for an archive.
    """
    header = archive_rows if is_zipfile(path) else format_of(path).header
    try:
        return (yield from header(path))
    except (*UNREADABLE, InvalidDicomError) as error:
        raise UserError(f"The header of '{path.name}' cannot be read: {error}") from error
