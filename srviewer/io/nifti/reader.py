"""The reader of NIfTI, Analyze and FreeSurfer images, from their headers alone."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from srviewer.errors import UserError
from srviewer.io.files.packing import packing_of
from srviewer.io.files.streams import not_read
from srviewer.io.nifti.extensions import kept_extensions
from srviewer.io.nifti.file_pairs import HEADERS, MGH_SUFFIXES, ImageFiles, image_stem, images_of
from srviewer.io.nifti.image_header import no_volume, opened
from srviewer.io.scans.not_reconstructed import SINGLE, not_reconstructed
from srviewer.io.scans.segmentation_names import name_warnings
from srviewer.io.scans.series import Problem, ScanListing, Series, reason_counts
from srviewer.io.scans.series_details import SeriesDetails
from srviewer.io.sidecars.bids_sidecar import sidecar_interval
from srviewer.io.stored_voxels import StoredVoxels
from srviewer.job import Job, Progress

NOT_OPENED = "volumes that cannot be opened"
NO_PAIR = "files of pairs that are no NIfTI and no Analyze image"
SPARE = "second copies of the voxels of a pair"


def scan(paths: Sequence[Path]) -> Job[ScanListing]:
    """List the image of each file; one that cannot be opened is a problem.

    Of a pair (.hdr, .img) either file is enough, and both together are one image.

    Args:
        paths: Files with names of these formats.

    Returns:
        The images in the order of their files, with ignored files and problems.
    """
    series: list[Series] = []
    single: list[Series] = []
    problems: list[Problem] = []
    others = 0
    named = images_of(paths)
    for number, files in enumerate(named.images):
        yield Progress(number / len(named.images), f"Opening {files.header.name}")
        try:
            image = _series(files, len(series))
            if image is not None and min(image.geometry.shape) < 2:
                text = no_volume(files.header, image.geometry.shape)
                problems.append(Problem(files.header.name, text, viewable=True))
                single.append(not_reconstructed(image, SINGLE))
            else:
                series.extend(() if image is None else (image,))
            others += 0 if image is not None else len(files.paths)
        except UserError as error:
            problems.append(Problem(files.header.name, str(error)))
        except OSError as error:  # it was deleted meanwhile
            problems.append(Problem(files.header.name, str(not_read(files.header, error))))
    problems += [Problem(path.name, _alone(path)) for path in named.alone]
    reasons = [NOT_OPENED] * len(problems)
    reasons += [NO_PAIR] * others + [SPARE] * len(named.spare)
    return ScanListing(
        tuple(series),
        len(reasons),
        tuple(problems),
        reason_counts(reasons),
        tuple(single),
        reason_counts([NOT_OPENED] * len(single)),
    )


def _series(files: ImageFiles, index: int) -> Series | None:
    """The image of ``files``; None for a pair that is neither NIfTI nor Analyze."""
    path = files.voxels
    header = opened(files)
    if header is None:
        return None
    stored = StoredVoxels(
        path=path,
        start=header.start,
        dtype=_voxel_type(path, header.dtype),
        slope=header.scale[0],
        inter=header.scale[1],
        name=image_stem(path),
        geometry=header.placed.geometry,
        frames=math.prod(header.shape[3:]),
        warnings=(*name_warnings(image_stem(path)), *header.notes, *header.placed.warnings),
        space=header.placed.space,
        extensions=kept_extensions(path),
        followed=path.name.lower().endswith(MGH_SUFFIXES),
    ).checked()
    packed = packing_of(path).kind != "plain"
    return Series(
        index=index,
        name=stored.name,
        uid=files.header.name,
        modality="",
        geometry=stored.geometry,
        unit="",
        frames=stored.frames,
        warnings=stored.warnings,
        read=stored.read,
        sources=files.paths,
        stream=stored.stream,
        details=SeriesDetails(folder=path.parent),
        interval_s=(header.interval_s or sidecar_interval(path)) if stored.frames > 1 else None,
        read_each=stored.read_each if packed and stored.frames > 1 else None,
    )


def _voxel_type(path: Path, dtype: np.dtype[np.generic]) -> np.dtype[np.generic]:
    if dtype.kind not in "iuf":
        what = "complex numbers" if dtype.kind == "c" else "colours"
        raise UserError(
            f"'{path.name}' holds {what}, not grey values. Convert it to one grey value per voxel."
        )
    return dtype


def _alone(path: Path) -> str:
    """The problem of a file of a pair whose other file is not there."""
    stem = image_stem(path)
    if path.name.lower().endswith(HEADERS):
        return (
            f"'{path.name}' is the header of a pair, and its voxels, '{stem}.img' or "
            f"'{stem}.img.gz', are not beside it. Put both into one folder."
        )
    return (
        f"'{path.name}' holds the voxels of a pair, and its header, '{stem}.hdr', is not beside "
        "it. Put both into one folder."
    )
