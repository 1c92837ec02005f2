"""The grid and the voxel storage of a NIfTI, Analyze or FreeSurfer image, by its header."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from nibabel.nifti1 import Nifti1Header

from srviewer.errors import UserError
from srviewer.io.files.packing import packing_of
from srviewer.io.files.streams import beginning, not_read
from srviewer.io.nifti.file_pairs import MGH_SUFFIXES, ImageFiles
from srviewer.io.nifti.geometry import (
    LocatedGrid,
    Shape,
    Warnings,
    analyze_geometry,
    mgh_geometry,
    nifti_geometry,
)
from srviewer.io.nifti.header import (
    UNREADABLE,
    StoredHeader,
    mgh_header,
    nibabel_silenced,
    read_nifti_header,
)

PACKED_NAMES = {".gz": "gzip", ".mgz": "gzip", ".bz2": "bzip2"}
SECONDS = {"sec": 1.0, "msec": 1e-3, "usec": 1e-6}  # units of time of NIfTI
MGH_PLACED = slice(28, 30)  # the bytes of "goodRASFlag" in the header of a FreeSurfer image


@dataclass(frozen=True, eq=False)
class ImageHeader:
    """The header of one image.

    Attributes:
        shape: Voxels along all of its dimensions, at least three.
        placed: The grid with its space.
        dtype: The data type of stored numbers.
        start: The byte of the first voxel in the unpacked file of voxels.
        scale: Slope and intercept from stored numbers to values.
        notes: Warnings about corrections of the header.
        interval_s: Seconds from one volume to the next; None where the header does not say.
    """

    shape: tuple[int, ...]
    placed: LocatedGrid
    dtype: np.dtype[np.generic]
    start: int
    scale: tuple[float, float]
    notes: Warnings
    interval_s: float | None = None


def opened(files: ImageFiles) -> ImageHeader | None:
    """Read the header of an image of any of these formats, of a volume or of a single slice.

    Args:
        files: The files of the image.

    Returns:
        The header; None for a pair that is neither NIfTI nor Analyze.

    Raises:
        UserError: The image cannot be read, or has no valid grid.
    """
    try:
        for path in files.paths:
            path.open("rb").close()  # nibabel takes what it may not read for damaged
            _check_name(path)
        if files.header.name.lower().endswith(MGH_SUFFIXES):
            return _opened_mgh(files.header)
        stored = read_nifti_header(files)
    except (PermissionError, FileNotFoundError) as error:
        raise not_read(files.header, error) from error
    except UNREADABLE as error:
        raise _unreadable(files.header, _one_line(error, files.header)) from error
    if stored is not None:
        return _opened_nifti(files.header, stored)
    if files.header == files.voxels:
        raise _unreadable(files.header, "it does not begin like one")
    return None


def _opened_nifti(path: Path, stored: StoredHeader) -> ImageHeader:
    header = stored.header
    shape = tuple(int(n) for n in header.get_data_shape())
    locate = nifti_geometry if stored.is_nifti else analyze_geometry
    grid = _grid(path, shape)
    try:
        with nibabel_silenced():
            placed = locate(header, stored.raw, grid)
    except ValueError as error:
        raise _not_placed(path) from error
    dtype, start = header.get_data_dtype(), header.get_data_offset()
    interval_s = _interval(header) if stored.is_nifti else None
    return ImageHeader(shape, placed, dtype, start, stored.scale, stored.notes, interval_s)


def _interval(header: Nifti1Header) -> float | None:
    """``pixdim[4]`` in seconds; None where it is no time, or in a unit that is not stated."""
    steps = header.get_zooms()[3:4]
    try:
        unit = SECONDS.get(header.get_xyzt_units()[1])
    except KeyError:  # a code that the format does not know
        return None
    if unit is None or not steps or not np.isfinite(steps[0]) or steps[0] <= 0:
        return None
    return float(steps[0]) * unit


def _opened_mgh(path: Path) -> ImageHeader:
    with nibabel_silenced():
        header = mgh_header(path, check=True)
        shape = tuple(int(n) for n in header.get_data_shape())
        dtype, start = header.get_data_dtype(), int(header.get_data_offset())
    grid = _grid(path, shape)
    # nibabel's header sets this flag for all of them.
    good_ras = beginning(path, MGH_PLACED.stop)[MGH_PLACED]
    try:
        with nibabel_silenced():
            placed = mgh_geometry(header, any(good_ras), grid)
    except ValueError as error:
        raise _not_placed(path) from error
    return ImageHeader(shape, placed, dtype, start, (1.0, 0.0), ())


def _grid(path: Path, shape: tuple[int, ...]) -> Shape:
    if len(shape) < 3 or min(shape) < 1 or sum(count < 2 for count in shape[:3]) > 1:
        raise UserError(no_volume(path, shape))
    return int(shape[0]), int(shape[1]), int(shape[2])


def no_volume(path: Path, shape: tuple[int, ...]) -> str:
    """The message for an image that is no volume.

    Args:
        path: Its file.
        shape: Its voxels along each axis.

    Returns:
        Sentences for people.
    """
    return (
        f"'{path.name}' is no volume: its size is {' x '.join(map(str, shape))}. srviewer "
        "needs at least 2 voxels along each of three axes."
    )


def _not_placed(path: Path) -> UserError:
    return UserError(
        f"'{path.name}' cannot be placed in the patient: its affine is singular, holds numbers "
        "that are not finite, or is no rotation. Correct its header or convert it again."
    )


def _unreadable(path: Path, reason: str) -> UserError:
    return UserError(
        f"'{path.name}' cannot be opened: it is empty, cut short, damaged, or no NIfTI or "
        f"FreeSurfer image ({reason}). Copy or convert it again."
    )


def _check_name(path: Path) -> None:
    """Raise UserError where the name says compressed and the file is not, or the other way."""
    named = PACKED_NAMES.get(path.suffix.lower(), "plain")
    packed = packing_of(path).kind
    if packed != "plain" and named == "plain":
        raise UserError(
            f"'{path.name}' is compressed with {packed} although its name does not say so. Rename "
            f"it to '{path.name}.{'gz' if packed == 'gzip' else 'bz2'}'."
        )
    if named != packed and path.stat().st_size:
        raise UserError(
            f"'{path.name}' is not compressed although its name says so. Take the last part off "
            f"its name, or copy it again: it may be damaged."
        )


def _one_line(error: BaseException, path: Path) -> str:
    """The message of a library on one line, without the folder of the file."""
    message = str(error).replace(str(path), path.name)
    return " ".join(message.split())[:200] or type(error).__name__
