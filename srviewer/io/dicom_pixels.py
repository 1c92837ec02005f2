"""The pixels of DICOM slices, rescaled and stacked to a volume."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from srviewer.core.volume import ScanWarning, Volume, Voxels
from srviewer.io.dicom_decode import Pixels, decoded
from srviewer.io.dicom_geometry import Stack
from srviewer.io.dicom_header import SliceHeader
from srviewer.io.dicom_origin import origin_of
from srviewer.io.series import check_frame
from srviewer.io.voxel_checks import label_check, voxel_warnings, zero_non_finite
from srviewer.job import Job, Progress, within


@dataclass(frozen=True, eq=False)
class StoredStacks:
    """Stacks of slices on one grid, one for each frame, whose pixels are still in their files.

    ``warnings``: what headers tell of all of them.
    """

    name: str
    stacks: tuple[Stack, ...]
    warnings: tuple[ScanWarning, ...]

    def read(self, frame: int) -> Job[Volume]:
        """The volume, (i, j, k) = (column, row, slice), float32 in that memory order.

        Planes without a slice are filled with the smallest value. Raises UserError when there is
        no such ``frame``, when a file has changed or cannot be decoded.
        """
        check_frame(self.name, frame, len(self.stacks))
        stack = self.stacks[frame]
        slices = stack.slices
        columns, rows, planes = stack.geometry.shape
        images = np.empty((planes, rows, columns), np.float32)
        non_finite = 0
        for done, (k, one, pixels) in enumerate(_placed(stack)):
            _rescale(pixels, one, images[k])
            non_finite += zero_non_finite(images[k]) if pixels.dtype.kind == "f" else 0
            yield Progress(0.99 * (done + 1) / len(slices), f"Reading {self.name}")
        _fill_missing(images, stack.slots)
        voxels = images.transpose(2, 1, 0)
        check = yield from within(label_check(voxels, self.name), 0.99, 1.0)
        tags = slices[0].series
        single = len(self.stacks) == 1
        which = "" if single else f", volume {frame + 1} of {len(self.stacks)}"
        origin = origin_of(slices)
        return Volume(
            voxels=voxels,
            geometry=stack.geometry,
            name=self.name if single else f"{self.name}, volume {frame + 1}",
            unit=tags.unit,
            modality=tags.modality,
            stored_as=_stored_as(slices, voxels),
            history=(f"read from {len(slices)} DICOM slices of {self.name}{which}",),
            warnings=self.warnings
            + voxel_warnings(voxels, stack.geometry, tags.modality, non_finite, check),
            origin=origin,
            frame=origin.frame,
            planes=stack.planes,
            slice_thickness=slices[0].thickness or None,
        )


def _placed(stack: Stack) -> Iterator[tuple[int, SliceHeader, Pixels]]:
    """Each slice with its plane and its stored pixels (rows, columns), file after file."""
    by_file = groupby(zip(stack.slots, stack.slices, strict=True), key=lambda pair: pair[1].file)
    for file, members in by_file:
        ordered = sorted(members, key=lambda pair: pair[1].frame)
        frames = list(dict.fromkeys(one.frame for _, one in ordered))
        images = decoded(file, frames)
        for _, same in groupby(ordered, key=lambda pair: pair[1].frame):
            image = next(images)
            for k, one in same:
                yield k, one, _part(image, one)
        images.close()


def _part(image: Pixels, one: SliceHeader) -> Pixels:
    tile = one.tile
    if tile is None:
        return image
    return image[tile.row : tile.row + tile.rows, tile.column : tile.column + tile.columns]


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
    if (
        file.keyword != "PixelData"
        or file.photometric == "PALETTE COLOR"
        or any(one.slope != 1 or one.intercept % 1 != 0 for one in slices)
    ):
        return "float32"
    stored = np.dtype(f"{'int' if file.signed else 'uint'}{file.bits_allocated}")
    low, high = float(voxels.min()), float(voxels.max())
    for name in (stored.name, "int16", "int32"):
        if np.iinfo(name).min <= low and high <= np.iinfo(name).max:
            return name
    return "float32"
