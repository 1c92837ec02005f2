"""MINC 1 images (.mnc), read with nibabel; those of MINC 2 need a library that is not here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.files.streams import not_read
from srviewer.io.header_rows import READING, HeaderRow, text_of
from srviewer.io.nifti import nib
from srviewer.io.nifti.file_pairs import image_stem
from srviewer.io.nifti.geometry import oblique_warning
from srviewer.io.nifti.header import UNREADABLE, nibabel_silenced
from srviewer.io.nifti.image_header import no_volume
from srviewer.io.scans.segmentation_names import name_warnings
from srviewer.io.scans.series import Problem, ScanListing, Series, check_frame, reason_counts
from srviewer.io.scans.series_details import SeriesDetails
from srviewer.io.scans.voxel_checks import label_check, voxel_warnings, zero_non_finite
from srviewer.io.text_headers.described_image import grid_of
from srviewer.io.text_headers.text_header import refused
from srviewer.job import Job, Progress, aside, within

SUFFIXES = (".mnc",)
MAGIC, MAGIC_OF_2 = b"CDF\x01", b"\x89HDF"
LARGEST = 2 << 30  # bytes of a file; netCDF, in which MINC 1 is written, ends there
SPACES = ("xspace", "yspace", "zspace")
NOT_OPENED = "volumes that cannot be opened"


@dataclass(frozen=True, eq=False)
class _Minc:
    """A MINC image whose voxels are read from its file when they are asked for."""

    path: Path
    name: str
    geometry: Geometry
    frames: int

    def read(self, frame: int) -> Job[Volume]:
        """Read one volume, as ``Series.read``."""
        check_frame(self.name, frame, self.frames)
        step = Progress(0.0, f"Reading {self.path.name}")
        voxels: Any = yield from within(aside(lambda: self._voxels(frame), step), 0.0, 0.9)
        non_finite = zero_non_finite(voxels)
        check = yield from within(label_check(voxels, self.name), 0.9, 1.0)
        which = "" if self.frames == 1 else f", volume {frame + 1} of {self.frames}"
        return Volume(
            voxels=voxels,
            geometry=self.geometry,
            name=self.name if self.frames == 1 else f"{self.name}, volume {frame + 1}",
            stored_as="float32",  # the range of each slice makes other numbers of the stored ones
            history=(f"read from {self.path.name}{which}",),
            warnings=(
                *_warnings(self.name, self.geometry),
                *voxel_warnings(voxels, self.geometry, "", non_finite, check),
            ),
        )

    def _voxels(self, frame: int) -> Any:
        with _opened(self.path) as image:
            voxels = image.get_scaled_data((frame,) if self.frames > 1 else ())
            return np.asfortranarray(voxels, np.float32)


def scan(paths: Sequence[Path]) -> Job[ScanListing]:
    """List the image of each file; one that cannot be opened is a problem.

    Args:
        paths: Files with names of this format.

    Returns:
        The images in the order of their files, with the problems.
    """
    series: list[Series] = []
    problems: list[Problem] = []
    for number, path in enumerate(paths):
        yield Progress(number / len(paths), f"Opening {path.name}")
        try:
            series.append(_series(path, len(series)))
        except UserError as error:
            problems.append(Problem(path.name, str(error)))
    reasons = reason_counts([NOT_OPENED] * len(problems))
    return ScanListing(tuple(series), len(problems), tuple(problems), reasons)


def minc_rows(path: Path) -> Job[tuple[HeaderRow, ...]]:
    """Read the header of a MINC file.

    Args:
        path: The file.

    Returns:
        A row for each attribute of the image and of its axes.
    """
    yield Progress(0.0, READING.format(name=path.name))
    with _opened(path) as image:
        variables = {"image": image._image, **dict(zip(image._dim_names, image._dims, strict=True))}
        return tuple(
            HeaderRow(f"{name}:{key}", "", text_of(value))
            for name, variable in variables.items()
            for key, value in variable._attributes.items()
        )


def _series(path: Path, index: int) -> Series:
    name = image_stem(path)
    with _opened(path) as image:
        names, shape = list(image._dim_names), tuple(map(int, image.get_data_shape()))
        affine = image.get_affine()
    leading = len(shape) - 3
    if leading not in (0, 1) or sorted(names[leading:]) != sorted(SPACES):
        raise refused(path, f"its axes ({', '.join(names)}) are no volume, or volumes in time")
    if min(shape[leading:]) < 2:
        raise UserError(no_volume(path, shape[leading:]))
    geometry = grid_of(path, (shape[-3], shape[-2], shape[-1]), affine)
    image_file = _Minc(path, name, geometry, shape[0] if leading else 1)
    return Series(
        index=index,
        name=name,
        uid=path.name,
        modality="",
        geometry=geometry,
        unit="",
        frames=image_file.frames,
        warnings=_warnings(name, geometry),
        read=image_file.read,
        sources=(path,),
        details=SeriesDetails(folder=path.parent),
    )


def _warnings(name: str, geometry: Geometry) -> tuple[Any, ...]:
    return (*name_warnings(name), *oblique_warning(geometry))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A MINC 1 file, as nibabel opens it; its errors are UserErrors."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start == MAGIC_OF_2:
                raise refused(
                    path, "it is of MINC 2, which srviewer does not read", "Use mnc2nii first."
                )
            if start != MAGIC or path.stat().st_size > LARGEST:
                raise refused(path, "it is empty, damaged, or no MINC image")
            # In memory no more can be read than the file has, whatever it claims.
            content = BytesIO(start + file.read(LARGEST))
        with nibabel_silenced(), nib.minc1.netcdf_file(content, "r", mmap=False) as netcdf:
            yield nib.minc1.Minc1File(netcdf)
    except (PermissionError, FileNotFoundError) as error:
        raise not_read(path, error) from error
    except (AttributeError, MemoryError, AssertionError, *UNREADABLE) as error:
        if isinstance(error, UserError):
            raise
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise refused(path, f"it is cut short, damaged, or no regular volume ({reason})") from error
