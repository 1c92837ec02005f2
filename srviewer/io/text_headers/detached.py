"""The further files of images with a text header."""

from collections.abc import Iterable
from pathlib import Path

from srviewer.errors import UserError
from srviewer.io.text_headers.afni import afni_partner
from srviewer.io.text_headers.metaimage import meta_fields
from srviewer.io.text_headers.nrrd_fields import nrrd_fields
from srviewer.io.text_headers.text_header import data_file, header_bytes

NRRD_SUFFIXES = (".nrrd", ".nhdr")
META_SUFFIXES = (".mha", ".mhd")


def voxel_file(path: Path) -> Path | None:
    """The file of voxels that a text header names, or either file of an AFNI image.

    Args:
        path: A file of any kind.

    Returns:
        The other file; None where there is none, and for other kinds of files.
    """
    name = path.name.lower()
    try:
        if name.endswith(NRRD_SUFFIXES):
            stated = nrrd_fields(path, header_bytes(path)).fields.get("datafile")
        elif name.endswith(META_SUFFIXES):
            stated = meta_fields(path, header_bytes(path)).fields["ElementDataFile"]
            stated = None if stated.upper() == "LOCAL" else stated
        else:
            return afni_partner(path)
        return None if stated is None else data_file(path, stated)
    except (UserError, OSError):  # reported where the image is opened
        return None


def voxel_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files of voxels that text headers among some files name.

    Args:
        paths: Files of any kind.

    Returns:
        The files, each once.
    """
    others = (voxel_file(path) for path in paths)
    return tuple(dict.fromkeys(path for path in others if path is not None))
