"""Voxels and colours as images of Qt."""

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage, qRgb

from srviewer.core.intensity.window import Window
from srviewer.core.volumes.volume import Voxels
from srviewer.gui.appearance.colour_maps import Table
from srviewer.gui.views.drawing.slice_overlay import Rgba

OPAQUE = np.uint32(0xFF000000)
Words = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]
GREY = np.uint32(0x010101)  # times a grey level: red, green and blue alike


def along_memory(pixels: Voxels) -> Voxels:
    """The same pixels, gathered if they lie scattered in memory, since reading those is slow.

    Args:
        pixels: (rows, columns), a view of a volume.

    Returns:
        The same values at the same positions, contiguous along one axis.
    """
    scattered = min(abs(step) for step in pixels.strides) > pixels.itemsize
    return np.copy(pixels, order="K") if scattered else pixels


def image_of(
    pixels: Voxels,
    window: Window,
    table: Table | None,
    smooth: bool,
    empty: float | None = None,
) -> QImage:
    """Convert values to an image, whose first line is the first row.

    Args:
        pixels: (rows, columns), in the unit of ``window``.
        window: The values at the ends of the table.
        table: (256, 3) RGB; None for plain grey.
        smooth: Make an image for smooth scaling, which Qt does twice as fast with 32 bits a pixel;
            but it would put the edges of blocks in that format on whole pixels of the screen.
        empty: The value of pixels that are black, whatever the table; None for none.

    Returns:
        32 bits a pixel if ``smooth`` or with black pixels, else 8.
    """
    if empty is not None:
        words = words_of(pixels, window, table, pixels != np.float32(empty))
        return image_of_words(words, smooth)
    index = _index(pixels, window, table)
    if smooth:
        return _image(_words(index, table), QImage.Format.Format_RGB32)
    if table is None:
        return _image(index, QImage.Format.Format_Grayscale8)
    image = _image(index, QImage.Format.Format_Indexed8)
    image.setColorTable([qRgb(*colour) for colour in table.tolist()])
    return image


def words_of(values: Voxels, window: Window, table: Table | None, seen: Mask) -> Words:
    """Convert values to opaque colours, which Qt draws in a fifth of the time of transparent ones.

    Args:
        values: (rows, columns), in the unit of ``window``.
        window: The values at the ends of the table.
        table: (256, 3) RGB; None for plain grey.
        seen: (rows, columns), the pixels that are not black.

    Returns:
        (rows, columns) colours 0xffRRGGBB.
    """
    words = _words(_index(values, window, table), table)
    if not seen.all():
        words[~seen] = OPAQUE
    return words


def image_of_words(words: Words, smooth: bool) -> QImage:
    """Convert opaque colours to an image, whose first line is the first row.

    Args:
        words: (rows, columns) colours 0xffRRGGBB, contiguous.
        smooth: Make an image for smooth scaling, as in ``image_of``.

    Returns:
        32 bits a pixel.
    """
    image = _image(words, QImage.Format.Format_RGB32)
    return image if smooth else image.convertToFormat(QImage.Format.Format_RGBA8888)


def image_of_colours(colours: Rgba, smooth: bool) -> QImage:
    """Convert colours to an image, whose first line is the first row.

    Args:
        colours: (rows, columns, 4) RGBA.
        smooth: Make an image for smooth scaling.

    Returns:
        32 bits a pixel, with premultiplied alpha if ``smooth``.
    """
    image = _image(np.ascontiguousarray(colours), QImage.Format.Format_RGBA8888)
    if smooth:
        return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return image


def _index(pixels: Voxels, window: Window, table: Table | None) -> npt.NDArray[np.uint8]:
    """(rows, columns) entries of ``table``, or grey levels 0 to 255."""
    last, whole = (255, 255.0) if table is None else (len(table) - 1, float(len(table)))
    scaled = pixels - np.float32(window.low)  # in the order of the memory: it is read once
    scaled *= np.float32(whole / (window.width or 1.0))
    np.clip(scaled, 0, last, out=scaled)
    return np.ascontiguousarray(scaled.astype(np.uint8))


def _words(index: npt.NDArray[np.uint8], table: Table | None) -> Words:
    """(rows, columns) colours 0xffRRGGBB."""
    if table is None:
        words = index * GREY
        words |= OPAQUE
        return words
    red, green, blue = table.astype(np.uint32).T
    words = OPAQUE | red << 16 | green << 8 | blue
    return np.asarray(words.take(index))


def _image(pixels: npt.NDArray[np.uint8 | np.uint32], kind: QImage.Format) -> QImage:
    """An image that uses the memory of ``pixels`` and keeps it alive."""
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, pixels.strides[0], kind)
    image.pixels = pixels  # type: ignore[attr-defined]
    return image
