"""NIfTI and FreeSurfer images: what their headers say."""

import logging
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel import imageglobals
from nibabel.filebasedimages import ImageFileError
from nibabel.freesurfer.mghformat import MGHError
from nibabel.nifti1 import Nifti1Header
from nibabel.openers import ImageOpener
from nibabel.spatialimages import HeaderDataError, SpatialImage
from nibabel.wrapstruct import WrapStructError

from srviewer.core.geometry import Geometry
from srviewer.errors import UserError
from srviewer.io.nifti_geometry import Shape, Warnings, mgh_geometry, nifti_geometry
from srviewer.io.nifti_voxels import StoredVoxels
from srviewer.io.segmentation_names import name_warnings
from srviewer.io.series import Found, Series, counted
from srviewer.io.streams import is_gzip, not_read
from srviewer.job import Job, Progress

KINDS = (nib.Nifti1Image, nib.Nifti2Image, nib.MGHImage)
MGH_PLACED = slice(28, 30)  # the bytes of "goodRASFlag" in the header of a FreeSurfer image
UNREADABLE = (
    ImageFileError,
    HeaderDataError,
    WrapStructError,
    MGHError,
    OSError,
    EOFError,
    ValueError,
    TypeError,
    OverflowError,
    LookupError,
    zlib.error,
)


def scan(paths: Sequence[Path]) -> Job[Found]:
    """The image of each file, from its header alone; one that cannot be opened is a problem."""
    series: list[Series] = []
    problems: list[str] = []
    for number, path in enumerate(paths):
        yield Progress(number / len(paths), f"Opening {path.name}")
        try:
            series.append(_series(path, len(series)))
        except UserError as error:
            problems.append(str(error))
        except OSError as error:  # it was deleted meanwhile
            problems.append(str(not_read(path, error)))
    reasons = ["volumes that cannot be opened"] * len(problems)
    return Found(tuple(series), len(problems), tuple(problems), counted(reasons))


def _series(path: Path, index: int) -> Series:
    image = _load(path)
    shape = _grid(path, image)
    geometry, doubts = _placed(path, image, shape)
    warnings = (*name_warnings(_stem(path)), *doubts)
    stored = StoredVoxels(
        path=path,
        start=int(image.dataobj.offset),
        dtype=_voxel_type(path, image),
        slope=float(image.dataobj.slope),
        inter=float(image.dataobj.inter),
        name=_stem(path),
        geometry=geometry,
        frames=int(np.prod(image.shape[3:], dtype=np.int64)),
        warnings=warnings,
    )
    stored.check_size()
    return Series(
        index=index,
        name=stored.name,
        uid=path.name,
        modality="",
        geometry=geometry,
        unit="",
        frames=stored.frames,
        warnings=warnings,
        read=stored.read,
        sources=(path,),
        stream=stored.stream,
    )


def _load(path: Path) -> SpatialImage:
    """The image with its header read and its voxels left alone, not mapped into memory."""
    try:
        path.open("rb").close()  # nibabel takes what it may not read for damaged
        with _silent():
            image = nib.load(path, mmap=False)
    except (PermissionError, FileNotFoundError) as error:
        raise not_read(path, error) from error
    except UNREADABLE as error:
        _check_name(path)
        raise UserError(
            f"'{path.name}' cannot be opened: it is empty, cut short, damaged, or no NIfTI or "
            f"FreeSurfer image ({_one_line(error, path)}). Copy or convert it again."
        ) from error
    if not isinstance(image, KINDS):
        raise UserError(
            f"'{path.name}' holds no voxel image ({type(image).__name__}). Open a NIfTI volume."
        )
    return image


def _check_name(path: Path) -> None:
    """Raise UserError where the name says compressed and the file is not, or the other way."""
    named = path.suffix.lower() in (".gz", ".mgz")
    try:
        packed = is_gzip(path)
        empty = path.stat().st_size == 0
    except OSError:
        return
    if packed and not named:
        raise UserError(
            f"'{path.name}' is compressed with gzip although its name does not say so. Rename it "
            f"to '{path.name}.gz'."
        )
    if named and not packed and not empty:
        raise UserError(
            f"'{path.name}' is not compressed although its name says so. Take the last part off "
            f"its name, or copy it again: it may be damaged."
        )


@contextmanager
def _silent() -> Iterator[None]:
    """Inside, nibabel does not print what it repairs in a header; what matters is checked here."""
    level = imageglobals.logger.level
    imageglobals.logger.setLevel(logging.CRITICAL + 1)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        imageglobals.logger.setLevel(level)


def _grid(path: Path, image: SpatialImage) -> Shape:
    shape = tuple(int(n) for n in image.shape)
    if len(shape) < 3 or min(shape) < 1 or min(shape[:3]) < 2:
        raise UserError(
            f"'{path.name}' is no volume: its size is {' x '.join(map(str, shape))}. srviewer "
            "needs at least 2 voxels along each of three axes."
        )
    return shape[0], shape[1], shape[2]


def _voxel_type(path: Path, image: SpatialImage) -> np.dtype[np.generic]:
    dtype: np.dtype[np.generic] = np.dtype(image.dataobj.dtype)
    if dtype.kind not in "iuf":
        what = "complex numbers" if dtype.kind == "c" else "colours"
        raise UserError(
            f"'{path.name}' holds {what}, not grey values. Convert it to one grey value per voxel."
        )
    return dtype


def _placed(path: Path, image: SpatialImage, shape: Shape) -> tuple[Geometry, Warnings]:
    try:
        with _silent():
            if isinstance(image, nib.MGHImage):
                return mgh_geometry(image.header, _mgh_placed(path), shape)
            return nifti_geometry(image.header, _stored_header(path, image), shape)
    except ValueError as error:
        raise UserError(
            f"'{path.name}' cannot be placed in the patient: its affine is singular, holds numbers "
            "that are not finite, or is no rotation. Correct its header or convert it again."
        ) from error


def _stored_header(path: Path, image: SpatialImage) -> Nifti1Header:
    """The header as the file holds it: ``nib.load`` repairs some fields without a word."""
    with ImageOpener(path) as file:
        return type(image.header).from_fileobj(file, check=False)


def _mgh_placed(path: Path) -> bool:
    """Whether a FreeSurfer file says where it lies; nibabel's header says so of all of them."""
    with ImageOpener(path) as file:
        good_ras: bytes = file.read(MGH_PLACED.stop)[MGH_PLACED]
    return any(good_ras)


def _stem(path: Path) -> str:
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def _one_line(error: BaseException, path: Path) -> str:
    """The message of a library, which need not tell where the file lies."""
    said = str(error).replace(str(path), path.name)
    return " ".join(said.split())[:200] or type(error).__name__
