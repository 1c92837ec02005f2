"""How the field scores enlarged 2D images: the low-resolution input, the protocols, the scores."""

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
    """``psnr`` in dB, infinite for equal images; ``ssim`` in -1..1."""

    psnr: float
    ssim: float


@dataclass(frozen=True)
class Protocol:
    """What of an image is compared.

    ``compared``: (H, W, 3) in 0..1 and the factor, to (H', W', C) in 0..1 of 8-bit values.
    """

    id: str
    title: str
    compared: Callable[[Image, int], Image]


def in_eight_bits(image: Image) -> Image:
    """The values 0..1 that an 8-bit file would keep: clipped, and rounded half up as in MATLAB."""
    levels = np.floor(np.clip(image, 0.0, 1.0) * LEVELS + 0.5)
    return np.asarray(levels / LEVELS, np.float32)


def cropped(image: Image, factor: int) -> Image:
    """(H, W, C) without the rows and columns at its end that exceed a multiple of ``factor``."""
    rows, columns = (size // factor * factor for size in image.shape[:2])
    return image[:rows, :columns]


def shrunk(image: Image, factor: int) -> Image:
    """The low-resolution input: (rH, rW, C) in 0..1 to (H, W, C), antialiased bicubic, 8 bit."""
    return in_eight_bits(resized(image, Fraction(1, factor)))


def score(reference: Image, candidate: Image, factor: int, protocol: Protocol) -> ImageScore:
    """Compare two (H, W, 3) images in 0..1; the peak of PSNR and SSIM is the 8-bit white, 1.

    SSIM: Gaussian window of 11 x 11 pixels and sigma 1.5 (Wang et al. 2004), averaged where the
    window lies inside the image, then over the channels. Raises UserError when it fits nowhere.
    """
    truth = protocol.compared(reference, factor)
    guess = protocol.compared(in_eight_bits(candidate), factor)
    if min(truth.shape[:2]) <= 2 * SSIM_REACH:
        raise UserError(
            f"An image of {reference.shape[1]} x {reference.shape[0]} pixels is too small to be "
            f"scored at factor {factor}: the window of SSIM has {2 * SSIM_REACH + 1}. Leave it out."
        )
    square = float(np.mean(np.subtract(guess, truth, dtype=np.float64) ** 2))
    psnr = -10 * float(np.log10(square)) if square > 0 else float("inf")
    inside = slice(SSIM_REACH, -SSIM_REACH)
    channels = [
        ssim_map(truth[..., n], guess[..., n], 1.0)[inside, inside].mean(dtype=np.float64)
        for n in range(truth.shape[2])
    ]
    return ImageScore(psnr, float(np.mean(channels)))


def luma(image: Image) -> Image:
    """(H, W, 3) R'G'B' in 0..1 to (H, W, 1) Y' of BT.601 as 8-bit values in 16/255..235/255."""
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
    """The row of PROTOCOLS with this id; UserError when there is none."""
    return find_row(PROTOCOLS, name, "protocol")
