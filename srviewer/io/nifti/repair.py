"""Corrections of NIfTI and Analyze headers that break the standard, as ITK makes them."""

from collections.abc import Iterator

import numpy as np
from nibabel.analyze import AnalyzeHeader
from nibabel.nifti1 import Nifti1Header

from srviewer.core.volumes.volume import ScanWarning
from srviewer.errors import UserError

LARGEST_BYTE = 2**63 - 1  # no file is larger than systems can count
MOST_DIMENSIONS = 7


def repaired(header: AnalyzeHeader, name: str) -> tuple[ScanWarning, ...]:
    """Correct a header in place.

    Args:
        header: The header to change.
        name: The name of the file, for messages.

    Returns:
        A warning for each assumption.

    Raises:
        UserError: No file can have these sizes and offsets.
    """
    messages = [*_dimensions(header, name), *_offset(header, name), *_scale(header)]
    if header["pixdim"][0] < 0:  # which way the qform's third axis runs: only its sign counts
        header["pixdim"][0] = -1
    _check_size(header, name)
    return tuple(ScanWarning("header_assumed", message) for message in messages)


def _dimensions(header: AnalyzeHeader, name: str) -> Iterator[str]:
    """Take sizes below 1 after the third dimension as 1."""
    sizes = header["dim"]
    count = int(sizes[0])
    if not 1 <= count <= MOST_DIMENSIONS:
        raise UserError(
            f"'{name}' cannot be opened: its header says that it has {count} dimensions (dim[0]), "
            f"and 1 to {MOST_DIMENSIONS} are possible. Convert it again."
        )
    for axis in range(4, count + 1):
        if sizes[axis] < 1:
            yield (
                f"The header gives {sizes[axis]} as the size of dimension {axis}, which breaks the "
                "standard. It is taken as 1."
            )
            sizes[axis] = 1


def _offset(header: AnalyzeHeader, name: str) -> Iterator[str]:
    """Take an offset of 0 in a single file as the end of the header."""
    offset = float(header["vox_offset"])
    if not np.isfinite(offset) or not 0 <= offset <= LARGEST_BYTE:
        raise UserError(
            f"'{name}' cannot be opened: its header says that the voxels begin at byte "
            f"{offset:g} (vox_offset). It is damaged. Copy or convert it again."
        )
    if offset == 0 and getattr(header, "is_single", False):
        header["vox_offset"] = header.single_vox_offset
        yield (
            "The header does not say where the voxels begin (vox_offset 0). They are taken from "
            f"byte {header.single_vox_offset}, where the standard puts them."
        )


def _scale(header: AnalyzeHeader) -> Iterator[str]:
    """Take a slope that is 0 or no number as none, and an intercept that is no number as 0."""
    if not isinstance(header, Nifti1Header):
        return
    slope, inter = float(header["scl_slope"]), float(header["scl_inter"])
    stated = f"The header gives a slope of {slope:g} and an intercept of {inter:g} for its values."
    if slope == 0 or not np.isfinite(slope):
        header["scl_slope"], header["scl_inter"] = 1, 0
        if not np.isfinite(slope) or (np.isfinite(inter) and inter != 0):
            yield f"{stated} As the standard has no scale then, the values are taken as stored."
    elif not np.isfinite(inter):
        header["scl_inter"] = 0
        yield f"{stated} The intercept is no number and is taken as 0."


def _check_size(header: AnalyzeHeader, name: str) -> None:
    shape = [int(n) for n in header.get_data_shape()]
    voxels = 1
    for size in shape:
        voxels *= max(size, 0)
    if voxels > LARGEST_BYTE // 16:
        raise UserError(
            f"'{name}' cannot be opened: its header says that it holds "
            f"{' x '.join(map(str, shape))} voxels, more than any file can. It is damaged. Copy or "
            "convert it again."
        )
