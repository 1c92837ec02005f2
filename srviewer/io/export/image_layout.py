"""The table of image formats that are written: header, data type and packing of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.io.nifti import nib
from srviewer.io.nifti.extensions import extension_bytes
from srviewer.io.nifti.placement import place

NOT_HELD = nib.freesurfer.mghformat.MGHError, nib.spatialimages.HeaderDataError
DESCRIPTION = "srviewer research use only"
META_TYPES = {
    "int8": "MET_CHAR",
    "uint8": "MET_UCHAR",
    "int16": "MET_SHORT",
    "uint16": "MET_USHORT",
    "int32": "MET_INT",
    "uint32": "MET_UINT",
    "int64": "MET_LONG_LONG",
    "uint64": "MET_ULONG_LONG",
    "float32": "MET_FLOAT",
    "float64": "MET_DOUBLE",
}


@dataclass(frozen=True, eq=False)
class ImageLayout:
    """The layout of an image in one file: its header, then its voxels with i fastest.

    Attributes:
        header: The bytes before the voxels.
        dtype: The data type of the voxels in the file.
        affine: (4, 4) to RAS+ mm, as this header states it.
    """

    header: bytes
    dtype: np.dtype[np.generic]
    affine: Matrix


@dataclass(frozen=True)
class ImageFormat:
    """A format that images are written in.

    Attributes:
        title: Its name for people.
        suffixes: Endings of names, lower case, with the dot; the usual one first.
        packed_header: Endings of which header and voxels are packed with gzip.
        packed_voxels: Endings of which the voxels alone are packed with gzip.
        layout: Lays out an image with voxels of a data type; UserError where the format cannot
            hold them.
    """

    title: str
    suffixes: tuple[str, ...]
    packed_header: tuple[str, ...]
    packed_voxels: tuple[str, ...]
    layout: Callable[[ScanHeader, np.dtype[np.generic]], ImageLayout]


def image_format(path: Path) -> ImageFormat:
    """Select the format of an image by the ending of its name.

    Args:
        path: The path of the image.

    Returns:
        The format.

    Raises:
        UserError: Images are not written under such a name.
    """
    name = path.name.lower()
    for row in IMAGE_FORMATS:
        if name.endswith(row.suffixes):
            return row
    raise UserError(
        f"'{path.name}' has no ending that srviewer writes. End the name with "
        f"{', '.join(IMAGE_SUFFIXES[:-1])} or {IMAGE_SUFFIXES[-1]}."
    )


def _nifti(volume: ScanHeader, dtype: np.dtype[np.generic]) -> ImageLayout:
    header = nib.Nifti1Header()
    geometry = volume.geometry
    try:
        header.set_data_dtype(dtype)
        header.set_data_shape(geometry.shape)
    except nib.spatialimages.HeaderDataError as error:
        raise _not_held("NIfTI", volume, dtype, error) from error
    header.set_zooms(geometry.spacing)
    header.set_slope_inter(1.0, 0.0)
    header["descrip"] = DESCRIPTION.encode()
    place(header, geometry, volume.space)
    extensions = extension_bytes(volume.extensions)
    header.set_data_offset(len(header.binaryblock) + len(extensions))
    content = bytes(header.binaryblock) + extensions
    return ImageLayout(content, header.get_data_dtype(), header.get_sform())


def _nrrd(volume: ScanHeader, dtype: np.dtype[np.generic]) -> ImageLayout:
    geometry = volume.geometry
    lps = np.diag([-1.0, -1.0, 1.0]) @ geometry.affine[:3]
    kind = {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)
    lines = [
        "NRRD0004",
        f"# {DESCRIPTION}",
        f"type: {kind}",
        "dimension: 3",
        "space: left-posterior-superior",
        f"sizes: {' '.join(map(str, geometry.shape))}",
        f"space directions: {' '.join(_vector(lps[:, axis].tolist()) for axis in range(3))}",
        "kinds: domain domain domain",
        "endian: little",
        "encoding: gzip",
        'space units: "mm" "mm" "mm"',
        f"space origin: {_vector(lps[:, 3].tolist())}",
    ]
    return ImageLayout(_text([*lines, ""]), dtype.newbyteorder("<"), geometry.affine)


def _meta(volume: ScanHeader, dtype: np.dtype[np.generic]) -> ImageLayout:
    geometry = volume.geometry
    if dtype.name not in META_TYPES:
        raise _not_held("MetaImage", volume, dtype, "no such data type")
    flips = np.diag([-1.0, -1.0, 1.0])
    lines = [
        "ObjectType = Image",
        "NDims = 3",
        f"Comment = {DESCRIPTION}",
        "BinaryData = True",
        "BinaryDataByteOrderMSB = False",
        "CompressedData = False",
        f"TransformMatrix = {_numbers((flips @ geometry.directions).T.ravel().tolist())}",
        f"Offset = {_numbers((flips @ geometry.affine[:3, 3]).tolist())}",
        "CenterOfRotation = 0 0 0",
        f"ElementSpacing = {_numbers(geometry.spacing)}",
        f"DimSize = {' '.join(map(str, geometry.shape))}",
        f"ElementType = {META_TYPES[dtype.name]}",
        "ElementDataFile = LOCAL",
    ]
    return ImageLayout(_text(lines), dtype.newbyteorder("<"), geometry.affine)


def _mgh(volume: ScanHeader, dtype: np.dtype[np.generic]) -> ImageLayout:
    header, geometry = nib.freesurfer.mghformat.MGHHeader(), volume.geometry
    try:
        header.set_data_dtype(dtype)
        header.set_data_shape(geometry.shape)
    except (
        nib.freesurfer.mghformat.MGHError,
        nib.spatialimages.HeaderDataError,
        ValueError,
        KeyError,
    ) as error:
        raise _not_held("FreeSurfer's format", volume, dtype, error) from error
    header["goodRASFlag"] = 1
    header["delta"], header["Mdc"] = geometry.spacing, geometry.directions.T
    header["Pxyz_c"] = geometry.world(np.array(geometry.shape) / 2)
    header.writehdr_to(content := BytesIO())
    start = header.get_data_offset()
    return ImageLayout(
        content.getvalue().ljust(start, b"\0"), header.get_data_dtype(), header.get_affine()
    )


def _text(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _numbers(values: Sequence[float]) -> str:
    """The shortest texts that give exactly these numbers."""
    return " ".join(repr(value) for value in values)


def _vector(values: Sequence[float]) -> str:
    return f"({','.join(repr(value) for value in values)})"


def _not_held(
    title: str, volume: ScanHeader, dtype: np.dtype[np.generic], reason: object
) -> UserError:
    return UserError(
        f"{title} cannot hold {volume.geometry.shape} voxels of {dtype.name} ({reason}). Store "
        "float32."
    )


IMAGE_FORMATS: tuple[ImageFormat, ...] = (
    ImageFormat("NIfTI", (".nii.gz", ".nii"), (".nii.gz",), (), _nifti),
    ImageFormat("NRRD", (".nrrd",), (), (".nrrd",), _nrrd),
    ImageFormat("MetaImage", (".mha",), (), (), _meta),
    ImageFormat("FreeSurfer", (".mgz",), (".mgz",), (), _mgh),
)
IMAGE_SUFFIXES = tuple(suffix for row in IMAGE_FORMATS for suffix in row.suffixes)
