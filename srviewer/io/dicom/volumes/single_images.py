"""Images that make no volume, as volumes of one slice that can be viewed."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.volumes.geometry import (
    LPS_TO_RAS,
    Stack,
    in_plane_steps,
    storage_warnings,
    unit,
)
from srviewer.io.dicom.volumes.grouping import Group
from srviewer.io.dicom.volumes.slice_positions import Slices


def single_image_stacks(group: Group) -> tuple[Stack, ...]:
    """The images of a group as stacks of one slice each.

    Args:
        group: Images of one size and orientation at a single position.

    Returns:
        A stack for each image whose file is whole, all on one grid; empty where none is.
    """
    slices: Slices = [header for volume in group.volumes for header in volume]
    whole = [header for header in slices if not header.file.truncated]
    if not whole:
        return ()
    first = single_stack(whole[0])
    same = [header for header in whole if _size(header) == _size(whole[0])]
    return tuple(replace(first, slices=(header,)) for header in same)


def single_stack(header: SliceHeader) -> Stack:
    """One image as a stack.

    Args:
        header: The image.

    Returns:
        A grid of one plane, as thick as the header says, or 1 mm.
    """
    warnings: list[ScanWarning] = list(storage_warnings([header]))
    in_plane = in_plane_steps(header, warnings)
    normal = np.cross(unit(in_plane[:, 0]), unit(in_plane[:, 1]))
    lps = np.eye(4)
    lps[:3, :3] = np.column_stack([in_plane, normal * (abs(header.thickness or 0.0) or 1.0)])
    if header.position is not None:
        lps[:3, 3] = header.position
    geometry = Geometry((header.columns, header.rows, 1), LPS_TO_RAS @ lps)
    if header.position is None or header.orientation is None:
        message = (
            "The header does not say where the image lies; left and right, and every other "
            "direction, are a guess."
        )
        warnings.append(ScanWarning("orientation_unknown", message))
    return Stack((header,), (0,), geometry, tuple(warnings))


def middle_image(stacks: Sequence[Stack]) -> Stack:
    """The slice in the middle of a volume.

    Args:
        stacks: The volumes of a series.

    Returns:
        A stack of that slice alone, of the first volume.
    """
    slices = stacks[0].slices
    return single_stack(slices[len(slices) // 2])


def _size(header: SliceHeader) -> tuple[int, int]:
    return header.rows, header.columns
