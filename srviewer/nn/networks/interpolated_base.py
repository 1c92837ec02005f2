"""The fixed interpolation that every generator refines."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from srviewer.core.scores.bicubic import resized
from srviewer.nn.networks.enlargement import shuffled
from srviewer.nn.networks.shape import NetworkShape

BASE_TAPS = 5
BASE_RADIUS = BASE_TAPS // 2


class AxisBase(nn.Module):
    """Slices refined along their rows, with exact block means.

    The mean of each block of ``factor`` rows that ``finished`` returns is the measured row of the
    middle slice, whatever a network has learned: the base has that mean and the detail has none.
    """

    def __init__(self, neighbours: int, factors: tuple[int, ...]) -> None:
        super().__init__()
        self._neighbours = neighbours
        for factor in factors:
            kernel = torch.from_numpy(block_mean_kernel(factor))[:, None, :, None]
            self.register_buffer(f"kernel_{factor}", kernel, persistent=False)

    def forward(self, slices: Tensor, factor: int) -> Tensor:
        """Interpolate along the rows with ``block_mean_kernel``, the last row repeated at the ends.

        Args:
            slices: (B, C, H, W).
            factor: One of the factors that it was built for.

        Returns:
            (B, C, factor * H, W) in the unit of ``slices``.
        """
        batch, channels, rows, columns = slices.shape
        single = slices.reshape(batch * channels, 1, rows, columns)
        padded = functional.pad(single, (0, 0, BASE_RADIUS, BASE_RADIUS), mode="replicate")
        with _full_precision(slices):
            phases = functional.conv2d(padded, self.get_buffer(f"kernel_{factor}"))
        return shuffled(phases, (factor, 1)).reshape(batch, channels, factor * rows, columns)

    def phases(self, single: Tensor, factor: int) -> Tensor:
        """Interpolate one slice, with the thin rows of each thick one as channels.

        On a processor this takes a tenth of the time of a convolution of a single channel.

        Args:
            single: (H, W).
            factor: One of the factors that it was built for.

        Returns:
            (factor, H, W) in the unit of ``single``.
        """
        rows, columns = single.shape
        ends = (0, 0, BASE_RADIUS, BASE_RADIUS)
        padded = functional.pad(single[None, None], ends, mode="replicate").contiguous()
        taps = padded.as_strided((BASE_TAPS, rows * columns), (columns, 1))
        kernel = self.get_buffer(f"kernel_{factor}").reshape(factor, BASE_TAPS)
        return torch.mm(kernel, taps).reshape(factor, rows, columns)

    def finished(self, slices: Tensor, detail: Tensor, factor: int) -> Tensor:
        """Add detail to the base of the middle slice and keep the block means.

        Added up in float32, whatever the precision of the detail.

        Args:
            slices: (B, 2k + 1, H, W).
            detail: (B, 1, factor * H, W); its block means are subtracted.
            factor: One of the factors that it was built for.

        Returns:
            (B, 1, factor * H, W) in the unit of ``slices``.
        """
        k = self._neighbours
        base = self(slices[:, k : k + 1], factor)
        batch, channels, rows, columns = detail.shape
        blocks = detail.to(base.dtype).reshape(batch, channels, rows // factor, factor, columns)
        zero_mean = blocks - blocks.mean(dim=3, keepdim=True)
        fine: Tensor = base + zero_mean.reshape(detail.shape)
        return fine


class ImageBase(nn.Module):
    """Images enlarged along rows and columns by ``core.scores.bicubic``, borders mirrored."""

    def __init__(self, factors: tuple[int, ...]) -> None:
        super().__init__()
        for factor in factors:
            kernel = torch.from_numpy(cubic_kernel(factor))[:, None, :, None]
            self.register_buffer(f"kernel_{factor}", kernel, persistent=False)

    def forward(self, images: Tensor, factor: int) -> Tensor:
        """Interpolate along rows and columns.

        Args:
            images: (B, C, H, W).
            factor: One of the factors that it was built for.

        Returns:
            (B, C, factor * H, factor * W) in the unit of ``images``.
        """
        batch, channels, rows, columns = images.shape
        kernel = self.get_buffer(f"kernel_{factor}")
        single = mirrored(
            images.reshape(batch * channels, 1, rows, columns), (BASE_RADIUS, BASE_RADIUS)
        )
        with _full_precision(images):
            tall = shuffled(functional.conv2d(single, kernel), (factor, 1))
            wide = shuffled(functional.conv2d(tall, kernel.transpose(2, 3)), (1, factor))
        return wide.reshape(batch, channels, factor * rows, factor * columns)

    def finished(self, images: Tensor, detail: Tensor, factor: int) -> Tensor:
        """Add detail to the enlarged images.

        Args:
            images: (B, C, H, W).
            detail: (B, C, factor * H, factor * W).
            factor: One of the factors that it was built for.

        Returns:
            As ``detail``, in the unit of ``images``.
        """
        base: Tensor = self(images, factor)
        return base + detail.to(base.dtype)


Base = AxisBase | ImageBase


def base_of(shape: NetworkShape) -> Base:
    """The base of a network's layout.

    Args:
        shape: Of the network.

    Returns:
        ``AxisBase`` for the layout "axis", ``ImageBase`` for "image".
    """
    if shape.layout == "axis":
        return AxisBase(shape.neighbours, shape.factors)
    return ImageBase(shape.factors)


@contextmanager
def _full_precision(images: Tensor) -> Iterator[None]:
    """Run the block in float32: mixed precision and TF32 would round measured values."""
    allowed = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    try:
        with torch.autocast(images.device.type, enabled=False):
            yield
    finally:
        torch.backends.cudnn.allow_tf32 = allowed


def mirrored(images: Tensor, margin: tuple[int, int]) -> Tensor:
    """Continue images on all sides, mirrored about their outer edges.

    Args:
        images: (B, C, H, W).
        margin: (rows, columns) added on each side; it may be larger than the image.

    Returns:
        (B, C, H + 2 rows, W + 2 columns).
    """
    for dim, reach in zip((2, 3), margin, strict=True):
        count = images.shape[dim]
        index = torch.arange(-reach, count + reach, device=images.device) % (2 * count)
        images = images.index_select(dim, torch.minimum(index, 2 * count - 1 - index))
    return images


def block_mean_kernel(factor: int) -> np.ndarray:
    """Weights from five thick voxels to the thin ones inside the middle one.

    They are the cell means of the polynomial of degree 4 whose own means over the five thick
    voxels are the given values, so the mean over a thick voxel is reproduced exactly.

    Args:
        factor: Thin voxels for each thick one.

    Returns:
        (factor, 5) float32; each row adds up to 1.
    """
    powers = np.arange(BASE_TAPS)
    thick_edges = np.arange(BASE_TAPS + 1) - BASE_TAPS / 2
    thin_edges = np.linspace(-0.5, 0.5, factor + 1)
    kernel = _cell_means(thin_edges, powers) @ np.linalg.inv(_cell_means(thick_edges, powers))
    return kernel.astype(np.float32)


def cubic_kernel(factor: int) -> np.ndarray:
    """Weights from five pixels to the fine ones inside the middle one.

    Computed by ``resized``, which stays the only definition of bicubic.

    Args:
        factor: Fine pixels for each coarse one, along one axis.

    Returns:
        (factor, 5) float32.
    """
    length = 2 * BASE_TAPS + 1
    impulses = np.eye(length, dtype=np.float32)[:, None]
    response = resized(impulses, factor)[:, 0]
    middle = length // 2
    return np.ascontiguousarray(
        response[
            middle * factor : (middle + 1) * factor, middle - BASE_RADIUS : middle + BASE_RADIUS + 1
        ]
    )


def _cell_means(edges: np.ndarray, powers: np.ndarray) -> np.ndarray:
    """(cells, powers): the mean of x^p over each cell between neighbouring edges."""
    next_powers = powers + 1
    return np.array(
        [(b**next_powers - a**next_powers) / next_powers / (b - a) for a, b in pairwise(edges)]
    )
