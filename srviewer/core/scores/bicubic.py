"""Bicubic resizing of 2D images as by MATLAB's ``imresize``, the usual baseline of 2D methods."""

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Image = npt.NDArray[np.float32]

SHARPNESS = -0.5  # a of the kernel (Keys 1981, eq. 15): exact for parabolas
SUPPORT = 4  # input pixels that the kernel spans when enlarging
LARGEST_DENOMINATOR = 1000


def resized(image: Image, scale: Fraction | float) -> Image:
    """Resize an image; its outer edges stay aligned.

    Borders are mirrored about the edge of the last pixel. When shrinking, the kernel is widened by
    1 / scale against aliasing.

    Args:
        image: (H, W) or (H, W, C), of any unit.
        scale: Above 0; a float is taken as the nearest fraction, so that 1/3 of 9 pixels is 3.

    Returns:
        (ceil(scale H), ceil(scale W)[, C]) float32; it may leave the input's range.
    """
    exact = Fraction(scale).limit_denominator(LARGEST_DENOMINATOR)
    rows = _weights(image.shape[0], exact)
    columns = _weights(image.shape[1], exact)
    flat = image.reshape(image.shape[0], -1).astype(np.float64)
    tall = (rows @ flat).reshape(rows.shape[0], *image.shape[1:])
    turned = np.moveaxis(tall, 1, 0)
    wide = (columns @ turned.reshape(image.shape[1], -1)).reshape(-1, *turned.shape[1:])
    return np.ascontiguousarray(np.moveaxis(wide, 0, 1), np.float32)


def _weights(length: int, scale: Fraction) -> "csr_array":
    """(new length, length): the weight of each input pixel in each output pixel; rows sum to 1."""
    from scipy.sparse import csr_array  # a tenth of what a network takes to start

    count = math.ceil(length * scale)
    shrink = min(float(scale), 1.0)
    radius = SUPPORT / shrink / 2
    centres = (np.arange(count) + 0.5) / float(scale) - 0.5  # in input pixels
    first = np.floor(centres - radius).astype(int)
    taps = first[:, None] + np.arange(math.ceil(2 * radius) + 2)
    weights = _kernel(shrink * (centres[:, None] - taps))
    weights /= weights.sum(axis=1, keepdims=True)
    folded = taps % (2 * length)
    mirrored = np.where(folded < length, folded, 2 * length - 1 - folded)
    outputs = np.broadcast_to(np.arange(count)[:, None], taps.shape)
    return csr_array((weights.ravel(), (outputs.ravel(), mirrored.ravel())), shape=(count, length))


def _kernel(distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The cubic convolution kernel at these distances, in (widened) input pixels."""
    x = np.abs(distance)
    near = (SHARPNESS + 2) * x**3 - (SHARPNESS + 3) * x**2 + 1
    far = SHARPNESS * (x**3 - 5 * x**2 + 8 * x - 4)
    return np.where(x <= 1, near, np.where(x <= 2, far, 0.0))
