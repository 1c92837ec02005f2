"""The pixels of DICOM slices, rescaled and stacked to a volume."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.zero_filling import middle_slices
from srviewer.core.intensity.padding import marked, without_padding
from srviewer.core.regions.label_regions import LabelCheck
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import ScanWarning, Volume, Voxels
from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.headers.origin import origin_of
from srviewer.io.dicom.pixels.decoding import Pixels, decoded_frames, turned
from srviewer.io.dicom.volumes.geometry import Stack
from srviewer.io.scans.series import check_frame
from srviewer.io.scans.voxel_checks import (
    label_check,
    voxel_warnings,
    with_slice_faults,
    zero_non_finite,
)
from srviewer.job import Job, Progress, within


@dataclass(frozen=True, eq=False)
class StoredStacks:
    """Stacks of slices on one grid, one for each time point, whose pixels are still in their files.

    Attributes:
        name: The name of the series.
        stacks: One stack for each volume of the fourth dimension.
        warnings: The warnings that headers give rise to, of all stacks.
    """

    name: str
    stacks: tuple[Stack, ...]
    warnings: tuple[ScanWarning, ...]

    def read(self, frame: int) -> Job[Volume]:
        """Read one volume, (i, j, k) = (column, row, slice), float32 in that memory order.

        Planes without a slice are filled with the smallest value, or the padding. Voxels that are
        padding hold that of the first slice that states it, whatever their own slice's.

        Args:
            frame: The number of the volume, from 0.

        Returns:
            The volume with its origin and the warnings of headers and voxels.

        Raises:
            UserError: There is no such volume, or a file has changed or cannot be decoded.
        """
        check_frame(self.name, frame, len(self.stacks))
        stack = self.stacks[frame]
        slices = stack.slices
        columns, rows, planes = stack.geometry.shape
        images = np.empty((planes, rows, columns), np.float32)
        non_finite, padding, is_padded = 0, _padding_value(slices), False
        for done, (k, header, pixels) in enumerate(_placed(stack)):
            _rescale(pixels, header, images[k])
            non_finite += zero_non_finite(images[k]) if pixels.dtype.kind == "f" else 0
            if padding is not None:
                is_padded = _mark(images[k], pixels, header, padding, is_padded)
            yield Progress(0.97 * (done + 1) / len(slices), f"Reading {self.name}")
        padding = padding if is_padded else None
        _fill_missing(images, stack.slots, padding)
        voxels = images.transpose(2, 1, 0)
        check = yield from within(label_check(voxels, self.name, padding), 0.97, 0.98)
        tags = slices[0].series
        single = len(self.stacks) == 1
        which = "" if single else f", volume {frame + 1} of {len(self.stacks)}"
        origin = origin_of(slices)
        volume = Volume(
            voxels=voxels,
            geometry=stack.geometry,
            name=self.name if single else f"{self.name}, volume {frame + 1}",
            unit=tags.unit,
            modality=tags.modality,
            body_part=tags.body_part,
            stored_as=_stored_as(slices, voxels),
            history=(f"read from {len(slices)} DICOM slices of {self.name}{which}",),
            warnings=self.warnings
            + _voxel_warnings(voxels, stack, tags.modality, non_finite, check, padding),
            origin=origin,
            frame=origin.frame,
            patient=tags.patient,
            planes=stack.planes,
            slice_thickness=slices[0].thickness or None,
            padding=padding,
        )
        return (yield from within(with_slice_faults(volume), 0.98, 1.0))


def _padding_value(slices: Sequence[SliceHeader]) -> float | None:
    """The voxel value of padding by the first slice that states one."""
    for header in slices:
        if header.file.padding is not None:
            value = np.array(header.file.padding[:1])
            stored = turned(value, header.file) if header.file.dark_is_high else value
            return float(np.float32(float(stored[0]) * header.slope + header.intercept))
    return None


def _mark(image: Voxels, pixels: Pixels, header: SliceHeader, padding: float, known: bool) -> bool:
    """Mark the padding of a slice, rows x columns; whether there is any, or was ``known`` to be."""
    limits = header.file.padding
    plain = limits is not None and limits[0] == limits[1] and pixels.dtype.itemsize <= 2
    if plain and _padding_value([header]) == padding:  # as nearly always: it is marked as it is
        return known or bool((image == np.float32(padding)).any())
    padded = _padded(pixels, header)
    marked(image, padded, padding)
    return known or bool(padded.any())


def _padded(pixels: Pixels, header: SliceHeader) -> Mask:
    """The mask of the pixels of a slice, (rows, columns), that are padding."""
    if header.file.padding is None:
        return np.zeros(pixels.shape, bool)
    limits = np.array(header.file.padding)
    low, high = np.sort(turned(limits, header.file) if header.file.dark_is_high else limits)
    return np.asarray((pixels >= low) & (pixels <= high))


def _voxel_warnings(
    voxels: Voxels,
    stack: Stack,
    modality: str,
    non_finite: int,
    check: LabelCheck,
    padding: float | None,
) -> tuple[ScanWarning, ...]:
    """The warnings of ``voxel_warnings``, taken without padding."""
    if padding is not None:
        axis = stack.geometry.slice_axis
        voxels = np.take(voxels, middle_slices(stack.geometry.shape[axis]), axis)
        voxels = without_padding(voxels, padding)
    return voxel_warnings(voxels, stack.geometry, modality, non_finite, check)


def _placed(stack: Stack) -> Iterator[tuple[int, SliceHeader, Pixels]]:
    """Each slice with its plane and its stored pixels (rows, columns), file after file."""
    by_file = groupby(zip(stack.slots, stack.slices, strict=True), key=lambda pair: pair[1].file)
    for file, members in by_file:
        ordered = sorted(members, key=lambda pair: pair[1].frame)
        frames = list(dict.fromkeys(header.frame for _, header in ordered))
        images = decoded_frames(file, frames)
        for _, same in groupby(ordered, key=lambda pair: pair[1].frame):
            image = next(images)
            for k, header in same:
                yield k, header, _part(image, header)
        images.close()


def _part(image: Pixels, header: SliceHeader) -> Pixels:
    tile = header.tile
    if tile is None:
        return image
    return image[tile.row : tile.row + tile.rows, tile.column : tile.column + tile.columns]


def _rescale(pixels: Pixels, header: SliceHeader, image: npt.NDArray[np.float32]) -> None:
    """Write ``stored * slope + intercept`` to ``image``, rounded once."""
    if (header.slope, header.intercept) == (1.0, 0.0):
        image[...] = pixels
    elif header.slope == 1.0 and header.intercept.is_integer() and pixels.dtype.itemsize <= 2:
        # Whole numbers this small are exact in single precision, which is several times faster.
        np.add(pixels, header.intercept, out=image, dtype=np.float32, casting="unsafe")
    else:
        image[...] = pixels.astype(np.float64) * header.slope + header.intercept


def _fill_missing(
    images: npt.NDArray[np.float32], slots: tuple[int, ...], padding: float | None
) -> None:
    if len(slots) < len(images):
        empty = np.setdiff1d(np.arange(len(images)), slots)
        images[empty] = images[list(slots)].min() if padding is None else padding


def _stored_as(slices: Sequence[SliceHeader], voxels: Voxels) -> str:
    """The data type that holds the voxels without loss: the stored one, or one that fits them."""
    file = slices[0].file
    if (
        file.keyword != "PixelData"
        or file.photometric == "PALETTE COLOR"
        or any(header.slope != 1 or header.intercept % 1 != 0 for header in slices)
    ):
        return "float32"
    stored = np.dtype(f"{'int' if file.signed else 'uint'}{file.bits_allocated}")
    low, high = float(voxels.min()), float(voxels.max())
    for name in (stored.name, "int16", "int32"):
        if np.iinfo(name).min <= low and high <= np.iinfo(name).max:
            return name
    return "float32"
