"""Scores of enlarged 2D images as the field takes them: low-resolution input, protocols, scores."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from srviewer.core.scores.bicubic import Image, resized
from srviewer.core.scores.metrics import ssim_map
from srviewer.errors import UserError
from srviewer.table import find_row

LEVELS = 255  # of an 8-bit image
SSIM_REACH = 5  # pixels from the middle of the 11 x 11 window to its edge
# Y' of ITU-R BT.601 in 8 bits, 16 for black to 235 for white, from R'G'B' in 0..1.
LUMA_WEIGHTS = np.array([65.481, 128.553, 24.966])
LUMA_BLACK = 16.0


@dataclass(frozen=True)
class ImageScore:
    """The scores of one image.

    Attributes:
        psnr: dB, infinite for equal images.
        ssim: -1..1.
    """

    psnr: float
    ssim: float


@dataclass(frozen=True)
class Protocol:
    """The part of an image that is compared.

    Attributes:
        id: The name in options and files; never renamed.
        title: The name that users see.
        compared: (H, W, 3) in 0..1 and the factor, to (H', W', C) in 0..1 of 8-bit values.
    """

    id: str
    title: str
    compared: Callable[[Image, int], Image]


def in_eight_bits(image: Image) -> Image:
    """Round an image to the values of an 8-bit file, half up as in MATLAB.

    Args:
        image: Of any shape; values are clipped to 0..1.

    Returns:
        Of the same shape, multiples of 1/255 in 0..1.
    """
    levels = np.floor(np.clip(image, 0.0, 1.0) * LEVELS + 0.5)
    return np.asarray(levels / LEVELS, np.float32)


def cropped(image: Image, factor: int) -> Image:
    """Crop an image at its end to a multiple of a factor.

    Args:
        image: (H, W, C).
        factor: 1 or more.

    Returns:
        The largest such part, a view.
    """
    rows, columns = (size // factor * factor for size in image.shape[:2])
    return image[:rows, :columns]


def shrunk(image: Image, factor: int) -> Image:
    """The low-resolution input of an image, by antialiased bicubic resizing.

    Args:
        image: (rH, rW, C) in 0..1.
        factor: r, 1 or more.

    Returns:
        (H, W, C) of 8-bit values in 0..1.
    """
    return in_eight_bits(resized(image, Fraction(1, factor)))


def score(reference: Image, candidate: Image, factor: int, protocol: Protocol) -> ImageScore:
    """Score an enlarged image; the peak of PSNR and SSIM is the 8-bit white, 1.

    SSIM: Gaussian window of 11 x 11 pixels and sigma 1.5 (Wang et al. 2004), averaged where the
    window lies inside the image, then over the channels.

    Args:
        reference: (H, W, 3) in 0..1.
        candidate: (H, W, 3); it is rounded to 8 bits.
        factor: Of the enlargement.
        protocol: The part of the images that is compared.

    Returns:
        Both scores.

    Raises:
        UserError: The image is smaller than the window of SSIM.
    """
    expected = protocol.compared(reference, factor)
    compared = protocol.compared(in_eight_bits(candidate), factor)
    if min(expected.shape[:2]) <= 2 * SSIM_REACH:
        raise UserError(
            f"An image of {reference.shape[1]} x {reference.shape[0]} pixels is too small to be "
            f"scored at factor {factor}: the window of SSIM has {2 * SSIM_REACH + 1}. Leave it out."
        )
    square = float(np.mean(np.subtract(compared, expected, dtype=np.float64) ** 2))
    psnr = -10 * float(np.log10(square)) if square > 0 else float("inf")
    inside = slice(SSIM_REACH, -SSIM_REACH)
    channels = [
        ssim_map(expected[..., n], compared[..., n], 1.0)[inside, inside].mean(dtype=np.float64)
        for n in range(expected.shape[2])
    ]
    return ImageScore(psnr, float(np.mean(channels)))


def luma(image: Image) -> Image:
    """The luma of an image (Y' of BT.601, 8 bits).

    Args:
        image: (H, W, 3) R'G'B' in 0..1.

    Returns:
        (H, W, 1) multiples of 1/255 in 16/255..235/255.
    """
    levels = LUMA_BLACK + image.astype(np.float64) @ LUMA_WEIGHTS
    return in_eight_bits(np.asarray(levels / LEVELS, np.float32))[..., None]


def _whole(image: Image, _factor: int) -> Image:
    return image


def _luma_inside(image: Image, factor: int) -> Image:
    inside = slice(factor, -factor)
    return luma(image)[inside, inside]


PROTOCOLS = (
    Protocol("rgb", "RGB, whole image, 8 bit", _whole),
    Protocol("y", "luma of BT.601, 8 bit, border of the factor's width left out", _luma_inside),
)


def protocol(name: str) -> Protocol:
    """The row of ``PROTOCOLS`` with a given id.

    Args:
        name: The id.

    Returns:
        The row.

    Raises:
        UserError: There is none.
    """
    return find_row(PROTOCOLS, name, "protocol")
