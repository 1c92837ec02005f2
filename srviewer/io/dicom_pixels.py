"""The pixels of DICOM slices, decoded, rescaled and stacked to a volume."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.uid import JPEGExtended12Bit

from srviewer.core.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.io import dicom_itk
from srviewer.io.dicom_geometry import Stack
from srviewer.io.dicom_header import UNREADABLE, PixelFile, SliceHeader
from srviewer.io.dicom_warnings import only_serious
from srviewer.io.series import check_frame
from srviewer.io.voxel_checks import voxel_warnings, zero_non_finite
from srviewer.job import Job, Progress

Pixels = npt.NDArray[np.generic]  # (rows, columns)


@dataclass(frozen=True, eq=False)
class StoredStack:
    """A stack of slices whose pixels are still in their files."""

    name: str
    stack: Stack

    def read(self, frame: int) -> Job[Volume]:
        """The volume, (i, j, k) = (column, row, slice), float32 in that memory order.

        Planes without a slice are filled with the smallest value. Raises UserError when ``frame``
        is not 0, when a file has changed or cannot be decoded.
        """
        check_frame(self.name, frame, 1)
        slices, geometry = self.stack.slices, self.stack.geometry
        columns, rows, planes = geometry.shape
        images = np.empty((planes, rows, columns), np.float32)
        non_finite = 0
        done = 0
        placed = zip(self.stack.slots, slices, strict=True)
        for file, wanted in groupby(placed, key=lambda pair: pair[1].file):
            members = sorted(wanted, key=lambda pair: pair[1].frame)
            decoded = _decoded(file, [one.frame for _, one in members])
            for (k, one), pixels in zip(members, decoded, strict=True):
                _rescale(pixels, one, images[k])
                non_finite += zero_non_finite(images[k]) if pixels.dtype.kind == "f" else 0
                done += 1
                yield Progress(done / len(slices), f"Reading {self.name}")
        _fill_missing(images, self.stack.slots)
        voxels = images.transpose(2, 1, 0)
        tags = slices[0].series
        return Volume(
            voxels=voxels,
            geometry=geometry,
            name=self.name,
            unit=tags.unit,
            modality=tags.modality,
            stored_as=_stored_as(slices, voxels),
            history=(f"read from {len(slices)} DICOM slices of {self.name}",),
            warnings=self.stack.warnings + voxel_warnings(voxels, non_finite),
        )


def _decoded(file: PixelFile, frames: Sequence[int]) -> Iterator[Pixels]:
    """The stored numbers of some frames of one file, each (rows, columns), in rising order."""
    try:
        if file.path.stat().st_size != file.size:
            raise UserError(f"'{file.path.name}' has changed since it was opened. Open it again.")
        for pixels in _frames(file, frames):
            if pixels.shape != (file.rows, file.columns):
                raise ValueError(f"{pixels.shape} pixels")
            yield pixels
    except (*UNREADABLE, RuntimeError, UserWarning) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            f"The pixels of '{file.path.name}' ({file.syntax.name}) cannot be decoded: {reason}. "
            "Copy the file again, or convert the series to an uncompressed one."
        ) from error


def _frames(file: PixelFile, frames: Sequence[int]) -> Iterator[Pixels]:
    decoder = get_decoder(file.syntax)
    if file.start is None:
        yield from _inflated(file, frames, decoder)
    elif not file.syntax.is_compressed:
        yield from _native(file, frames, decoder)
    elif not decoder.is_available or _beyond_pydicom(file):
        yield from dicom_itk.decoded(file, frames)
    else:
        yield from _compressed(file, frames, decoder)


def _beyond_pydicom(file: PixelFile) -> bool:
    # Its decoder for this syntax says that it is available, and handles 8 bits only.
    return file.syntax == JPEGExtended12Bit and file.bits_stored > 8


def _native(file: PixelFile, frames: Sequence[int], decoder: Decoder) -> Iterator[Pixels]:
    with file.path.open("rb") as source:
        for frame in frames:
            source.seek((file.start or 0) + frame * file.frame_bytes)
            content = source.read(file.frame_bytes)
            yield _array(decoder, content, **_options(file, 1))


def _compressed(file: PixelFile, frames: Sequence[int], decoder: Decoder) -> Iterator[Pixels]:
    with file.path.open("rb") as source:
        source.seek(file.start or 0)
        options = _options(file, file.frames)
        for frame in frames:
            yield _array(decoder, source, index=frame, **options)


def _inflated(file: PixelFile, frames: Sequence[int], decoder: Decoder) -> Iterator[Pixels]:
    with only_serious():
        dataset = dcmread(file.path)
    for frame in frames:
        yield _array(decoder, dataset, index=frame)


def _array(decoder: Decoder, source: bytes | BinaryIO | Dataset, **options: Any) -> Pixels:
    # A function of its own: the warnings' state must not leak to whoever drives the generators.
    with only_serious():
        return decoder.as_array(source, raw=True, **options)[0]


def _options(file: PixelFile, frames: int) -> dict[str, Any]:
    return {
        "rows": file.rows,
        "columns": file.columns,
        "number_of_frames": frames,
        "samples_per_pixel": 1,
        "photometric_interpretation": file.photometric,
        "bits_allocated": file.bits_allocated,
        "bits_stored": file.bits_stored,
        "pixel_representation": int(file.signed),
        "pixel_keyword": file.keyword,
        "pixel_vr": file.vr or "OW",
    }


def _rescale(pixels: Pixels, one: SliceHeader, image: npt.NDArray[np.float32]) -> None:
    """Write ``stored * slope + intercept`` to ``image``, rounded once."""
    if (one.slope, one.intercept) == (1.0, 0.0):
        image[...] = pixels
    elif one.slope == 1.0 and one.intercept.is_integer() and pixels.dtype.itemsize <= 2:
        # Whole numbers this small are exact in single precision, which is several times faster.
        np.add(pixels, one.intercept, out=image, dtype=np.float32, casting="unsafe")
    else:
        image[...] = pixels.astype(np.float64) * one.slope + one.intercept


def _fill_missing(images: npt.NDArray[np.float32], slots: tuple[int, ...]) -> None:
    if len(slots) < len(images):
        empty = np.setdiff1d(np.arange(len(images)), slots)
        images[empty] = images[list(slots)].min()


def _stored_as(slices: Sequence[SliceHeader], voxels: Voxels) -> str:
    """The data type that holds the voxels without loss: the stored one, or one that fits them."""
    file = slices[0].file
    if file.keyword != "PixelData" or any(
        one.slope != 1 or one.intercept % 1 != 0 for one in slices
    ):
        return "float32"
    stored = np.dtype(f"{'int' if file.signed else 'uint'}{file.bits_allocated}")
    low, high = float(voxels.min()), float(voxels.max())
    for name in (stored.name, "int16", "int32"):
        if np.iinfo(name).min <= low and high <= np.iinfo(name).max:
            return name
    return "float32"
