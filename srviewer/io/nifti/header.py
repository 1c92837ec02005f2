"""The header of one NIfTI or Analyze image: its format, as stored, and as corrected."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from nibabel import imageglobals
from nibabel.analyze import AnalyzeHeader
from nibabel.filebasedimages import ImageFileError
from nibabel.freesurfer.mghformat import MGHError, MGHHeader
from nibabel.nifti1 import Nifti1Header, Nifti1PairHeader
from nibabel.nifti2 import Nifti2Header, Nifti2PairHeader
from nibabel.spatialimages import HeaderDataError
from nibabel.spm2analyze import Spm2AnalyzeHeader
from nibabel.wrapstruct import WrapStructError

from srviewer.core.volumes.volume import ScanWarning
from srviewer.errors import UserError
from srviewer.io.files.gzip_streams import UNPACKING_ERRORS
from srviewer.io.files.streams import beginning
from srviewer.io.nifti.file_pairs import ImageFiles
from srviewer.io.nifti.repair import repaired

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
    *UNPACKING_ERRORS,
)
NIFTI1_MAGIC, NIFTI2_MAGIC = slice(344, 348), slice(4, 8)
# Their values for voxels in the same file, and in a file of their own.
SINGLE = {b"n+1\0": Nifti1Header, b"n+2\0": Nifti2Header}
PAIRS = {b"ni1\0": Nifti1PairHeader, b"ni2\0": Nifti2PairHeader}
ANALYZE_SIZES = (b"\x5c\x01\0\0", b"\0\0\x01\x5c")  # 348, the length of its header
LONGEST = 540  # bytes of a header
MGH_BYTES = 284  # of a FreeSurfer image up to its voxels


@dataclass(frozen=True, eq=False)
class StoredHeader:
    """A header of a NIfTI or Analyze image.

    Attributes:
        header: The header with corrections.
        raw: The header as the file holds it.
        notes: Warnings about the corrections.
    """

    header: AnalyzeHeader
    raw: AnalyzeHeader
    notes: tuple[ScanWarning, ...]

    @property
    def is_nifti(self) -> bool:
        """Whether it is NIfTI, which has an orientation, and not Analyze."""
        return isinstance(self.header, Nifti1Header)

    @property
    def scale(self) -> tuple[float, float]:
        """Slope and intercept from stored numbers to values."""
        slope, inter = self.header.get_slope_inter()
        return (1.0, 0.0) if slope is None else (float(slope), float(inter or 0.0))


def raw_header(files: ImageFiles) -> AnalyzeHeader | None:
    """Read the header as the file holds it.

    Args:
        files: The files of the image.

    Returns:
        The header; None where it is neither NIfTI nor Analyze.

    Raises:
        UserError: The file has the name of another kind of image.
        OSError: It cannot be read; all errors are those of ``UNREADABLE``.
    """
    block = beginning(files.header, LONGEST)
    paired = files.header != files.voxels
    magics = block[NIFTI1_MAGIC], block[NIFTI2_MAGIC]
    kinds, others = (PAIRS, SINGLE) if paired else (SINGLE, PAIRS)
    for magic in magics:
        if magic in others:
            raise _misnamed(files.header, paired)
    kind = kinds.get(magics[0]) or kinds.get(magics[1])
    if kind is None and paired and block.startswith(ANALYZE_SIZES):
        kind = Spm2AnalyzeHeader
    if kind is None:
        return None
    return kind(block[: kind.sizeof_hdr], check=False)


def read_nifti_header(files: ImageFiles) -> StoredHeader | None:
    """Read the header, with corrections where it breaks the standard.

    Args:
        files: The files of the image.

    Returns:
        The header; None where it is neither NIfTI nor Analyze.

    Raises:
        UserError: It cannot be corrected. Other errors are those of ``UNREADABLE``.
    """
    raw = raw_header(files)
    if raw is None:
        return None
    header = raw.copy()
    notes = repaired(header, files.header.name)
    with nibabel_silenced():
        header.check_fix()
    if isinstance(header, Spm2AnalyzeHeader) and header.get_slope_inter()[0] not in (None, 1.0):
        slope, inter = header.get_slope_inter()
        notes += (_spm_scale(float(slope), float(inter or 0.0)),)
    return StoredHeader(header, raw, notes)


def mgh_header(path: Path, check: bool) -> MGHHeader:
    """Read the header of a FreeSurfer image, without the fields that may follow its voxels.

    Args:
        path: The file.
        check: Whether values that break the format are errors of UNREADABLE.

    Returns:
        The header.

    Raises:
        EOFError: The file is shorter than a header.
    """
    start = beginning(path, MGH_BYTES)
    if len(start) < MGH_BYTES:
        raise EOFError("it is shorter than a header")
    return MGHHeader(start.ljust(MGHHeader.template_dtype.itemsize, b"\0"), check=check)


@contextmanager
def nibabel_silenced() -> Iterator[None]:
    """Silence nibabel's messages about repairs in the block; callers check those that matter."""
    level = imageglobals.logger.level
    imageglobals.logger.setLevel(logging.CRITICAL + 1)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        imageglobals.logger.setLevel(level)


def _misnamed(path: Path, paired: bool) -> UserError:
    says, name = (
        ("that its voxels follow in the same file", ".nii")
        if paired
        else ("that its voxels are in a file of their own", ".hdr, with the .img beside it")
    )
    return UserError(f"'{path.name}' says in its header {says}. End its name with {name}.")


def _spm_scale(slope: float, inter: float) -> ScanWarning:
    message = (
        f"Analyze has no scale for its values. That of SPM (slope {slope:g}, intercept {inter:g}) "
        "is applied, as nibabel does and ITK does not."
    )
    return ScanWarning("header_assumed", message)
