"""The fields of text headers as rows, for display."""

from pathlib import Path

from srviewer.io.header_rows import READING, HeaderRow, text_of, texts_of
from srviewer.io.text_headers.afni import afni_header
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


def afni_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the header of an AFNI image.

    Args:
        path: The .HEAD file.

    Returns:
        A row for each attribute.
    """
    yield Progress(0.0, READING.format(name=path.name))
    return tuple(
        HeaderRow(text_of(name), "", texts_of(value if isinstance(value, list) else [value], " "))
        for name, value in afni_header(path).items()
    )


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
