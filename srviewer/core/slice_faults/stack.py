"""The slices of a scan for checks between them: reduced in size together, in full singly."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity, measured_intensity
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

SMALL_EDGE = 128  # voxels: what stands out in a slice still does at this size
# Tissue, above the floor by this share of the range: more than the noise of air reaches.
TISSUE_SHARE = 0.15
LEAST_TISSUE = 0.01  # of the fullest slice: what holds less is empty
STEP_VOXELS = 2**20  # that are read between two steps of a job

ReadSlice = Callable[[int], Voxels]  # number -> (n, m) voxels of that slice


@dataclass(frozen=True, eq=False)
class SliceStack:
    """All slices of a scan, reduced in size, with a reader of full slices.

    Attributes:
        small: (n, h, w), every slice as means of blocks, with the intensity floor as 0 and the
            intensity range as 1.
        tissue: (n, h, w), True for voxels of ``small`` above ``TISSUE_SHARE``.
        measured: (n,), False for planes without a slice.
        read: Reads one slice in full size, in the unit of the scan.
        padding: The value of padding voxels; None where there are none.
        intensity: Floor and range of the small slices, in the unit of the scan.
    """

    small: Voxels
    tissue: Mask
    measured: npt.NDArray[np.bool_]
    read: ReadSlice
    padding: float | None
    intensity: Intensity

    @cached_property
    def areas(self) -> npt.NDArray[np.int_]:
        """(n,): the voxels of tissue in each small slice."""
        return np.asarray(np.count_nonzero(self.tissue, axis=(1, 2)))

    @cached_property
    def held(self) -> npt.NDArray[np.int_]:
        """The numbers of the slices from the first to the last that is not empty."""
        filled = np.flatnonzero(self.measured & (self.areas > LEAST_TISSUE * self.areas.max()))
        numbers = np.flatnonzero(self.measured)
        return numbers[(numbers >= filled[0]) & (numbers <= filled[-1])] if len(filled) else filled

    def shares(self, number: int) -> Voxels:
        """Read one slice in full size as shares of the intensity range.

        Args:
            number: Of the slice, from 0.

        Returns:
            (n, m), with the floor and all padding as 0 and the range as 1.
        """
        image = self.read(number)
        shares = self.intensity.shares(image)
        if self.padding is None:
            return shares
        return np.where(image == np.float32(self.padding), np.float32(0), shares)


def slices_of(voxels: Voxels, axis: Axis) -> ReadSlice:
    """Make a reader of the slices of voxels in memory.

    Args:
        voxels: (i, j, k).
        axis: The array axis across the slices.

    Returns:
        A function from the number of a slice to a view of its voxels.
    """
    rows = np.moveaxis(voxels, axis, 0)
    return lambda number: rows[number]


def slice_stack(
    read: ReadSlice, measured: npt.NDArray[np.bool_], padding: float | None, message: str
) -> Job[SliceStack]:
    """Read every slice once and reduce it in size.

    Args:
        read: Gives a slice by its number.
        measured: (n,), False for planes without a slice.
        padding: The value of padding voxels; None where there are none.
        message: Of the progress.

    Returns:
        A job whose result is the stack; its intensity is that of the measured slices without
        padding.
    """
    count = len(measured)
    images, waiting = [], 0
    for number in range(count):
        image = read(number)
        images.append(_small(image, padding))
        waiting += image.size
        if waiting >= STEP_VOXELS:
            yield Progress(number / count, message)
            waiting = 0
    small = np.stack(images)
    seen = small if measured.all() else small[measured]
    if padding is None:
        intensity = measured_intensity(seen)
        shares = intensity.shares(small)
    else:
        intensity = measured_intensity(seen[~np.isnan(seen)])
        shares = np.nan_to_num(intensity.shares(small), copy=False)
    return SliceStack(shares, shares > TISSUE_SHARE, measured, read, padding, intensity)


def _small(image: Voxels, padding: float | None) -> Voxels:
    """Means of blocks; NaN where a block holds padding alone or in part."""
    if padding is not None:
        image = np.where(image == np.float32(padding), np.float32(np.nan), image)
    block = max(1, -(-max(image.shape) // SMALL_EDGE))
    if block == 1 or min(image.shape) < block:
        return np.asarray(image, np.float32)
    return block_means(image, block)


def block_means(images: Voxels, block: int) -> Voxels:
    """Reduce images in size.

    Args:
        images: (..., h, w).
        block: The edge of a block in pixels, at most h and w.

    Returns:
        (..., h // block, w // block): the mean of each square block, without the rest at the end.
    """
    height, width = (edge // block * block for edge in images.shape[-2:])
    # Sums of views, many times as fast as a mean over two axes.
    rows = _sum(images[..., start:height:block, :width] for start in range(block))
    total = _sum(rows[..., start::block] for start in range(block))
    return np.asarray(total / np.float32(block * block), np.float32)


def _sum(images: Iterable[Voxels]) -> Voxels:
    return reduce(np.add, images)


def sum_within(image: Voxels, mask: Mask) -> float:
    """Sum the pixels of an image within a mask.

    Args:
        image: (h, w).
        mask: (h, w).

    Returns:
        The sum, in the unit of the image.
    """
    return float((image * mask).sum())  # many times as fast as of ``image[mask]``


def sum_of_squares(image: Voxels) -> float:
    """Sum the squares of the pixels of an image.

    Args:
        image: Of any shape.

    Returns:
        The sum, in the square of the unit of the image.
    """
    # Not by BLAS, which takes every core for so small a product.
    return float(np.square(image).sum())
