"""2D images of the usual file formats, as RGB arrays."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image as pillow
from PIL import UnidentifiedImageError

from srviewer.errors import UserError

Pixels = npt.NDArray[np.float32]

# Pillow's name of each format and the suffixes by which a folder's images are found.
FORMATS = (
    ("PNG", (".png",)),
    ("JPEG", (".jpg", ".jpeg")),
    ("WEBP", (".webp",)),
    ("BMP", (".bmp",)),
    ("TIFF", (".tif", ".tiff")),
)
SUFFIXES = tuple(suffix for _, suffixes in FORMATS for suffix in suffixes)
SIXTEEN_BITS = 65535
# Below this Pillow opens an image in silence; beyond it a small file may fill the memory.
MOST_PIXELS = pillow.MAX_IMAGE_PIXELS or 0


def image_files(folder: Path) -> tuple[Path, ...]:
    """List the images directly in a folder.

    Args:
        folder: The folder.

    Returns:
        Their paths by name, at least one.

    Raises:
        UserError: It is no folder or holds no image.
    """
    if not folder.is_dir():
        raise UserError(f"'{folder}' is not a folder. Give the folder that holds the images.")
    files = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    )
    if not files:
        kinds = ", ".join(name for name, _ in FORMATS)
        raise UserError(f"The folder '{folder}' holds no image. Images are {kinds} files in it.")
    return tuple(files)


def read_image(path: Path) -> Pixels:
    """Read an image file; of several frames or pages the first.

    Args:
        path: The file.

    Returns:
        (H, W, 3) R'G'B' in 0..1; grey is repeated, transparency dropped.

    Raises:
        UserError: The file is missing, truncated, damaged, of another format, of floating-point
            grey, or has more than ``MOST_PIXELS`` pixels.
    """
    try:
        with pillow.open(path, formats=[name for name, _ in FORMATS]) as image:
            _check_size(path, image.size)
            return _as_rgb(path, image)
    except UnidentifiedImageError as error:
        kinds = ", ".join(name for name, _ in FORMATS)
        raise UserError(f"'{path}' is not an image that can be read ({kinds}).") from error
    except (pillow.DecompressionBombError, pillow.DecompressionBombWarning) as error:
        raise UserError(_too_large(path)) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"The image '{path}' cannot be read: {reason}.") from error


def _check_size(path: Path, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise UserError(_too_large(path))


def _too_large(path: Path) -> str:
    return (
        f"The image '{path}' has more than {MOST_PIXELS // 10**6} million pixels, which may be an "
        f"attack on the memory. Cut it into smaller ones."
    )


def _as_rgb(path: Path, image: pillow.Image) -> Pixels:
    if image.mode == "F":
        raise UserError(
            f"'{path}' holds floating-point grey values, whose range is not known. Save it with "
            f"8 or 16 bits."
        )
    if image.mode == "I" or image.mode.startswith("I;16"):
        grey = np.asarray(image, np.float32) / SIXTEEN_BITS
        return np.repeat(grey[..., None], 3, axis=2)
    return np.asarray(image.convert("RGB"), np.float32) / np.float32(255)
