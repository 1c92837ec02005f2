"""The header of a file of any format, for display."""

from pathlib import Path
from zipfile import is_zipfile

from pydicom.errors import InvalidDicomError

from srviewer.core.volumes.source_files import SourceFile
from srviewer.errors import UserError
from srviewer.io.files.content import digest
from srviewer.io.formats import DICOM, format_of
from srviewer.io.header_rows import HeaderRow, archive_rows
from srviewer.io.headers.sidecar_rows import sidecar_rows
from srviewer.io.nifti.header import UNREADABLE
from srviewer.job import Job


def rows_of_file(file: SourceFile) -> Job[tuple[HeaderRow, ...]]:
    """Read the header of a file that was opened, unless it was replaced since.

    Args:
        file: The file with its digest.

    Returns:
        The rows of ``header_rows``.

    Raises:
        UserError: The file has another digest now.
    """
    if (yield from digest(file.path)) != file.sha256:
        raise UserError(
            f"'{file.path.name}' was replaced or changed since it was opened, so its header may be "
            "that of another scan. Open it again."
        )
    return (yield from header_rows(file.path))


def header_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the header of one file of any format, and the JSON file beside it; no voxel is read.

    Args:
        path: The file.

    Returns:
        A row for each element or field, then those of the JSON file beside a NIfTI or FreeSurfer
        image.

    Raises:
        UserError: The header cannot be read, or the file is an archive.
    """
    header = archive_rows if is_zipfile(path) else format_of(path).header
    try:
        rows = yield from header(path)
    except (*UNREADABLE, InvalidDicomError) as error:
        raise UserError(f"The header of '{path.name}' cannot be read: {error}") from error
    return rows if header is DICOM.header else (*rows, *sidecar_rows(path))
