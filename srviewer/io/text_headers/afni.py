"""AFNI images (.HEAD with .BRIK or .BRIK.gz) by their header, as nibabel parses it."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.brikhead import parse_AFNI_header

from srviewer.core.geometry.grid import Matrix
from srviewer.core.geometry.space_codes import SCANNER_SPACE, SpaceCodes
from srviewer.errors import UserError
from srviewer.io.files.streams import not_read
from srviewer.io.nifti.file_pairs import image_stem
from srviewer.io.nifti.header import UNREADABLE
from srviewer.io.text_headers.described_image import LPS_TO_RAS, DescribedImage
from srviewer.io.text_headers.text_header import LARGEST_HEADER, LARGEST_SIZE, refused

HEADER = ".HEAD"
VOXELS = (".BRIK", ".BRIK.gz", ".BRIK.bz2")
SUFFIXES = (".head", *(suffix.lower() for suffix in VOXELS))
TYPES = {0: "u1", 1: "i2", 3: "f4"}
ORDERS = {"LSB_FIRST": "<", "MSB_FIRST": ">"}
TIME_UNITS = {77001: 0.001, 77002: 1.0}  # seconds by the codes for milliseconds and seconds
ALIGNED, TALAIRACH, MNI = SpaceCodes(2, 2), SpaceCodes(3, 3), SpaceCodes(4, 4)
MOST_VOLUMES = 100_000


def afni_partner(path: Path) -> Path | None:
    """Look for the other file of an AFNI image.

    Args:
        path: Either file.

    Returns:
        The other file; None where there is none, and for other kinds of files.
    """
    name = path.name.lower()
    if not name.endswith(SUFFIXES):
        return None
    others = VOXELS if name.endswith(".head") else (HEADER,)
    stem = image_stem(path)
    candidates = (path.with_name(stem + ending) for ending in others)
    return next((other for other in candidates if other.is_file()), None)


def afni_header(path: Path) -> Mapping[str, Any]:
    """Read the attributes of an AFNI header.

    Args:
        path: The .HEAD file.

    Returns:
        Values by their names.

    Raises:
        UserError: It is no AFNI header.
    """
    try:
        if path.stat().st_size > LARGEST_HEADER:
            raise refused(path, "it is far larger than a header")
        with path.open(encoding="latin-1") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of nibabel, for text that it does not know
            return dict(parse_AFNI_header(file))
    except OSError as error:
        raise not_read(path, error) from error
    except UNREADABLE as error:
        raise refused(path, "it is empty, damaged, or no AFNI header") from error


def afni_image(path: Path) -> DescribedImage:
    """Read the header of an AFNI image.

    Args:
        path: The .HEAD file, or the .BRIK file beside it.

    Returns:
        The image.

    Raises:
        UserError: A file is missing, the header is damaged, or it describes no volume of grey
            values.
    """
    other = afni_partner(path)
    if other is None:
        raise refused(
            path,
            "an AFNI image lies in two files, .HEAD and .BRIK, and the other one is not beside it",
            "Put both into one folder.",
        )
    header, voxels = (path, other) if path.name.lower().endswith(".head") else (other, path)
    values = afni_header(header)
    try:
        return _image(header, voxels, values)
    except UserError:
        raise
    except UNREADABLE as error:
        raise refused(header, f"its header lacks a value or gives a wrong one ({error})") from error


def _image(path: Path, voxels: Path, values: Mapping[str, Any]) -> DescribedImage:
    shape = [int(size) for size in values["DATASET_DIMENSIONS"][:3]]
    frames = int(values["DATASET_RANK"][1])
    if not all(1 <= size <= LARGEST_SIZE for size in shape) or not 1 <= frames <= MOST_VOLUMES:
        raise refused(path, f"its header gives {shape} voxels and {frames} volumes")
    kinds = set(_numbers(values["BRICK_TYPES"], frames))
    if len(kinds) != 1 or min(kinds) not in TYPES:
        raise refused(
            path,
            "its voxels are colours or complex numbers, or of several types",
            "Convert it to one grey value per voxel.",
        )
    order = ORDERS[values["BYTEORDER_STRING"]]
    slopes = _numbers(values.get("BRICK_FLOAT_FACS", [0.0] * frames), frames)
    return DescribedImage(
        path=path,
        voxels=voxels,
        packing=None,
        start=0,
        dtype=np.dtype(order + TYPES[int(min(kinds))]),
        shape=(shape[0], shape[1], shape[2]),
        frames=frames,
        interleaved=False,
        affine=_affine(path, values),
        warnings=(),
        space=_space(values),
        scales=tuple((float(slope) or 1.0, 0.0) for slope in slopes),
        interval_s=_interval(values),
    )


def _interval(values: Mapping[str, Any]) -> float | None:
    """Seconds between volumes; None for volumes that are none in time."""
    numbers = np.atleast_1d(values.get("TAXIS_NUMS", ()))
    floats = np.atleast_1d(values.get("TAXIS_FLOATS", ()))
    if numbers.size < 3 or floats.size < 2:
        return None
    step = float(floats[1]) * TIME_UNITS.get(int(numbers[2]), 0.0)
    return step if np.isfinite(step) and step > 0 else None


def _numbers(value: Any, count: int) -> list[float]:
    """One number for each volume; a single one is stored without a list."""
    numbers = list(value) if isinstance(value, list | tuple) else [value]
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise ValueError(f"{len(numbers)} values for {count} volumes")
    return numbers


def _affine(path: Path, values: Mapping[str, Any]) -> Matrix:
    if "IJK_TO_DICOM_REAL" not in values:
        raise refused(
            path,
            "its header does not say where its voxels lie (IJK_TO_DICOM_REAL)",
            "Convert it with 3dAFNItoNIFTI.",
        )
    lps = np.reshape(np.array(values["IJK_TO_DICOM_REAL"], float), (3, 4))
    return np.vstack([lps, [0, 0, 0, 1]]) * LPS_TO_RAS.diagonal()[:, None]


def _space(values: Mapping[str, Any]) -> SpaceCodes:
    """The space by the name of the template, else by the view (0 orig, 1 acpc, 2 tlrc)."""
    template = str(values.get("TEMPLATE_SPACE", "")).upper()
    view = int(values.get("SCENE_DATA", [0])[0])
    if template.startswith("MNI"):
        return MNI
    if template.startswith("TLRC") or (view == 2 and not template):
        return TALAIRACH
    return ALIGNED if view else SCANNER_SPACE
