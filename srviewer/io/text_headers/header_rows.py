"""The fields of text headers as rows, for display."""

from pathlib import Path

from srviewer.io.header_rows import READING, HeaderRow, text_of
from srviewer.io.text_headers.metaimage import meta_fields
from srviewer.io.text_headers.nrrd_fields import nrrd_fields
from srviewer.io.text_headers.text_header import header_bytes
from srviewer.job import Job, Progress


def nrrd_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the header of an NRRD file.

    Args:
        path: The file.

    Returns:
        A row for each field, then for each key with a value.
    """
    yield Progress(0.0, READING.format(name=path.name))
    header = nrrd_fields(path, header_bytes(path))
    entries = (*header.fields.items(), *header.pairs.items())
    return tuple(HeaderRow(text_of(name), "", text_of(value)) for name, value in entries)


def meta_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the header of a MetaImage file.

    Args:
        path: The file.

    Returns:
        A row for each field.
    """
    yield Progress(0.0, READING.format(name=path.name))
    fields = meta_fields(path, header_bytes(path)).fields
    return tuple(HeaderRow(text_of(name), "", text_of(value)) for name, value in fields.items())
