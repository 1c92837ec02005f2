"""Masks and label maps read from series, with the segments that were chosen."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.scans.series import Series
from srviewer.job import Job


def read_label_map(series: Series, wanted: Sequence[str], file: str, frame: int = 0) -> Job[Volume]:
    """Read a label map.

    Args:
        series: The series.
        wanted: Values or names of its segments; empty for all.
        file: The name of the file, for messages.
        frame: The number of the volume along the fourth dimension, from 0.

    Returns:
        The label map.

    Raises:
        UserError: Segments overlap, or there is no such segment.
    """
    if series.segments is None:
        _check_none(wanted, file)
        return (yield from series.read(frame))
    volumes = yield from series.segments.read(series.segments.chosen(wanted, file))
    return series.segments.as_one(volumes, file)


def read_region(series: Series, wanted: Sequence[str], file: str) -> Job[Volume]:
    """Read a mask: of segments that overlap, all that any of them covers.

    Args:
        series: The series.
        wanted: Values or names of its segments; empty for all.
        file: The name of the file, for messages.

    Returns:
        A volume that is above 0 inside.

    Raises:
        UserError: There is no such segment.
    """
    if series.segments is None:
        _check_none(wanted, file)
        return (yield from series.read(0))
    volumes = yield from series.segments.read(series.segments.chosen(wanted, file))
    inside = np.maximum.reduce([volume.voxels for volume in volumes])
    return replace(volumes[0], voxels=inside)


def _check_none(wanted: Sequence[str], file: str) -> None:
    if wanted:
        raise UserError(
            f"'{file}' names no segments to choose from. Segments are chosen of DICOM "
            "segmentations and of .seg.nrrd files; leave --segments out."
        )
