"""MetaImage files (.mha, .mhd) by their header.

The format: https://itk.org/Wiki/MetaIO/Documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.files.packing import GZIP_MAGIC, Packing
from srviewer.io.text_headers.described_image import (
    LPS_TO_RAS,
    UNITS,
    DescribedImage,
    unknown_orientation,
    unknown_spacing,
)
from srviewer.io.text_headers.text_header import (
    all_finite,
    data_file,
    dimensions,
    header_bytes,
    numbers,
    refused,
    sizes,
)

# MET_LONG has 4 bytes wherever it was written.
TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
# Further names of fields, as MetaIO reads them.
DIRECTIONS = ("TransformMatrix", "Rotation", "Orientation")
ORIGINS = ("Offset", "Position", "Origin")
SPACINGS = ("ElementSpacing", "ElementSize")
BYTE_ORDERS = ("BinaryDataByteOrderMSB", "ElementByteOrderMSB")
LOCAL = "LOCAL"


@dataclass(frozen=True)
class MetaFields:
    """The text of a MetaImage header.

    Attributes:
        path: The file.
        fields: Values by the names of their fields.
        end: The byte behind the header's last line.
    """

    path: Path
    fields: Mapping[str, str]
    end: int

    def first(self, names: tuple[str, ...]) -> str | None:
        """The value of the first of some fields that the header has.

        Args:
            names: Names of one meaning.

        Returns:
            Its text; None where there is none.
        """
        return next((self.fields[name] for name in names if name in self.fields), None)

    def needed(self, name: str) -> str:
        """The value of a field that every header must have.

        Args:
            name: The name of the field.

        Returns:
            Its text.

        Raises:
            UserError: The header lacks it.
        """
        if name not in self.fields:
            raise refused(self.path, f"its header lacks the field '{name}'")
        return self.fields[name]

    def says(self, name: str, otherwise: str = "False") -> bool:
        """Whether a field is true.

        Args:
            name: The name of the field.
            otherwise: Its value where the header lacks it.

        Returns:
            True for a value that begins with T, t or 1.
        """
        return self.fields.get(name, otherwise)[:1] in ("T", "t", "1")


def meta_fields(path: Path, content: bytes) -> MetaFields:
    """Parse the text of a MetaImage header, which ends with the name of the file of voxels.

    Args:
        path: The file, for messages.
        content: The first bytes of the file.

    Returns:
        The fields.

    Raises:
        UserError: It is no MetaImage header, or does not end.
    """
    fields: dict[str, str] = {}
    position = 0
    while position < len(content):
        stop = content.find(b"\n", position)
        line = content[position : len(content) if stop < 0 else stop]
        position = len(content) if stop < 0 else stop + 1
        name, equals, value = line.decode("latin-1").partition("=")
        name = name.strip()
        if not line.strip():
            continue
        # ITK keeps what it read elsewhere: "dim[0]" of a NIfTI file, "0008|0060" of a DICOM file.
        if not equals or not name.isprintable():
            break
        fields[name] = value.strip()
        if name == "ElementDataFile":
            return MetaFields(path, fields, position)
    raise refused(path, "it is empty, damaged, or no MetaImage")


def meta_image(path: Path) -> DescribedImage:
    """Read the header of a MetaImage file.

    Args:
        path: The file of the header.

    Returns:
        The image.

    Raises:
        UserError: The header is damaged, or describes no volume of grey values.
    """
    header = meta_fields(path, header_bytes(path))
    _check_image(header)
    count = dimensions(path, "NDims", header.needed("NDims"))
    shape = sizes(path, "DimSize", header.needed("DimSize"), count)
    if count < 3 or any(size > 1 for size in shape[4:]):
        raise refused(
            path, f"it is no volume: its size is {' x '.join(map(str, shape))}", "Give a volume."
        )
    affine, warnings = _grid(header, count)
    image = DescribedImage(
        path=path,
        voxels=path,
        packing=None,
        start=0,
        dtype=_data_type(header),
        shape=(shape[0], shape[1], shape[2]),
        frames=shape[3] if count > 3 else 1,
        interleaved=False,
        affine=affine,
        warnings=(*warnings, *_not_applied(header)),
    )
    return _placed(header, image)


def _check_image(header: MetaFields) -> None:
    kind = header.fields.get("ObjectType", "Image")
    if kind != "Image":
        raise refused(header.path, f"it holds a '{kind[:40]}' and no image", "Give an image.")
    channels = header.fields.get("ElementNumberOfChannels", "1").strip()
    if channels != "1":
        raise refused(
            header.path,
            f"it holds {channels[:20]} numbers in each voxel, not one grey value",
            "Convert it to one grey value per voxel.",
        )
    if not header.says("BinaryData", "True"):
        raise refused(header.path, "its voxels are stored as text", "Save it with binary voxels.")


def _data_type(header: MetaFields) -> np.dtype[np.generic]:
    name = header.needed("ElementType")
    if name not in TYPES:
        raise refused(
            header.path, f"its voxels are of the type '{name[:40]}', which is no grey value"
        )
    order = ">" if (header.first(BYTE_ORDERS) or "F")[:1] in ("T", "t", "1") else "<"
    return np.dtype(f"{order}{TYPES[name]}")


def _placed(header: MetaFields, image: DescribedImage) -> DescribedImage:
    """The image with the place and the packing of its voxels."""
    path, name = header.path, header.fields["ElementDataFile"]
    local = name.upper() == LOCAL
    voxels = path if local else data_file(path, name)
    first = header.end if local else 0
    size = voxels.stat().st_size
    if header.says("CompressedData"):
        with voxels.open("rb") as file:
            file.seek(first)
            gzip = file.read(2) == GZIP_MAGIC  # which MetaIO reads too
        return replace(image, voxels=voxels, packing=Packing("gzip" if gzip else "zlib", first))
    (skipped,) = numbers(path, "HeaderSize", header.fields.get("HeaderSize", "0"), 1)
    if skipped < 0:  # the voxels end with the file
        skipped = size - prod((*image.shape, image.frames, image.dtype.itemsize))
    if not 0 <= skipped <= size or skipped != int(skipped):
        raise refused(path, "its file is shorter than its header says. It is cut short")
    start = first if local and skipped == 0 else int(skipped)
    return replace(image, voxels=voxels, packing=Packing("plain", start))


def _grid(header: MetaFields, count: int) -> tuple[Matrix, list[ScanWarning]]:
    """The affine to RAS+ mm, with warnings."""
    path, warnings = header.path, list[ScanWarning]()
    affine = np.eye(4)
    directions = header.first(DIRECTIONS)
    if directions is None:
        warnings.append(
            unknown_orientation(
                "The header does not say how the image lies in the patient. As in ITK, its axes "
                "are taken to run to Left, Posterior, Superior."
            )
        )
    else:
        matrix = numbers(path, "TransformMatrix", directions, count * count)
        # Row by row the directions of the axes, of which the first three are places.
        affine[:3, :3] = np.reshape(matrix, (count, count))[:3, :3].T
    stated = header.first(SPACINGS)
    mm = [1.0] * 3 if stated is None else numbers(path, "ElementSpacing", stated, count)[:3]
    if stated is None or not all_finite(mm) or min(mm) == 0:
        mm = [value if np.isfinite(value) and value else 1.0 for value in mm]
        warnings.append(
            unknown_spacing("The header does not give every voxel size; 1 mm is assumed for it.")
        )
    if min(mm) < 0:
        raise refused(path, "its header gives a negative voxel size")
    affine[:3, :3] *= mm
    origin = header.first(ORIGINS)
    if origin is not None:
        affine[:3, 3] = numbers(path, "Offset", origin, count)[:3]
    unit = UNITS.get(header.fields.get("DistanceUnits", "mm").lower(), 1.0)
    affine[:3] *= unit
    return affine * LPS_TO_RAS.diagonal()[:, None], warnings


def _not_applied(header: MetaFields) -> list[ScanWarning]:
    """The warning of a scale that ITK leaves out as well."""
    slope = header.fields.get("ElementToIntensityFunctionSlope", "1")
    offset = header.fields.get("ElementToIntensityFunctionOffset", "0")
    if numbers(header.path, "slope", f"{slope} {offset}", 2) == [1.0, 0.0]:
        return []
    message = (
        f"The header gives a slope of {slope} and an offset of {offset} for its values. As in ITK, "
        "the values are taken as stored."
    )
    return [ScanWarning("header_assumed", message)]
