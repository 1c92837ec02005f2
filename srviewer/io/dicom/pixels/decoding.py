"""Decoding of DICOM pixels, in any transfer syntax, to stored numbers of which high is bright."""

from collections.abc import Generator, Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import JPEGExtended12Bit

from srviewer.errors import UserError
from srviewer.io.dicom.elements.bounded_reading import read_header_elements
from srviewer.io.dicom.elements.file_bytes import DicomBytes
from srviewer.io.dicom.elements.pydicom_warnings import only_serious
from srviewer.io.dicom.headers.header import UNREADABLE
from srviewer.io.dicom.headers.stored_pixels import PixelFile
from srviewer.io.dicom.pixels import itk as dicom_itk
from srviewer.io.files.streams import not_read

Pixels = npt.NDArray[np.generic]  # (rows, columns)
Frames = Generator[Pixels, None, None]

# The brightness of red, green and blue (Rec. 601); grey palettes keep their values.
BRIGHTNESS = (0.299, 0.587, 0.114)


def decoded_frames(file: PixelFile, frames: Sequence[int]) -> Frames:
    """Decode frames of a file to their stored numbers.

    MONOCHROME1 is inverted within its range, and a palette is replaced by the brightness of its
    colours (Rec. 601).

    Args:
        file: The storage of the pixels.
        frames: The numbers of the frames, rising.

    Yields:
        (rows, columns), one array for each frame.

    Raises:
        UserError: The file has changed since its header was read, or cannot be decoded.
        ValueError: Never leaves the function: a frame of another shape is a UserError.
    """
    try:
        if file.path.stat().st_size != file.size:
            raise UserError(f"'{file.path.name}' has changed since it was opened. Open it again.")
        palette = _palette(file) if file.photometric == "PALETTE COLOR" else None
        for pixels in _frames(file, frames):
            if pixels.shape != (file.rows, file.columns):
                raise ValueError(f"{pixels.shape} pixels")
            if file.unused_low:
                pixels = pixels.astype(np.int64) >> file.unused_low
            if palette is not None:
                pixels = _brightness(pixels, palette)
            yield turned(pixels, file) if file.dark_is_high else pixels
    except (PermissionError, FileNotFoundError) as error:
        raise not_read(file.path, error) from error
    except (*UNREADABLE, RuntimeError, UserWarning) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            f"The pixels of '{file.path.name}' ({file.syntax.name}) cannot be decoded: {reason}. "
            "Copy the file again, or convert the series to an uncompressed one."
        ) from error


def _frames(file: PixelFile, frames: Sequence[int]) -> Frames:
    decoder = get_decoder(file.syntax)
    if not file.compressed:
        yield from _native(file, frames, decoder)
    elif not decoder.is_available or _beyond_pydicom(file):
        yield from dicom_itk.itk_frames(file, frames)
    else:
        yield from _compressed(file, frames, decoder)


def _beyond_pydicom(file: PixelFile) -> bool:
    # Its decoder for this syntax says that it is available, and handles 8 bits only.
    return file.syntax == JPEGExtended12Bit and file.bits_stored > 8


def _native(file: PixelFile, frames: Sequence[int], decoder: Decoder) -> Frames:
    plain = (
        file.little_endian and file.keyword == "PixelData" and file.bits_allocated in (8, 16, 32)
    )
    with DicomBytes(file.path, pieces=len(frames) + 1) as source:
        for frame in frames:
            source.seek(file.start + frame * file.frame_bytes)
            content = source.read(file.frame_bytes)
            if frame == frames[-1]:  # behind which nobody asks for more
                source.verify_end()
            if plain:
                yield _unpacked(content, file)
            else:
                yield _array(decoder, content, **_options(file, 1))


def _unpacked(content: bytes, file: PixelFile) -> Pixels:
    """Little-endian whole numbers, without bits above the stored ones, which may hold anything.

    pydicom's decoder gives the same in several times the time.
    """
    kind = "i" if file.signed else "u"
    pixels = np.frombuffer(content, f"<{kind}{file.bits_allocated // 8}")
    unused = file.bits_allocated - file.bits_used
    if 0 < unused < file.bits_allocated:
        pixels = pixels << unused
        np.right_shift(pixels, unused, out=pixels)
    return pixels.reshape(file.rows, file.columns)


def _compressed(file: PixelFile, frames: Sequence[int], decoder: Decoder) -> Frames:
    with file.path.open("rb") as source:
        source.seek(file.start)
        options = _options(file, file.frames)
        for frame in frames:
            yield _array(decoder, source, index=frame, **options)


def _array(decoder: Decoder, source: bytes | BinaryIO, **options: Any) -> Pixels:
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
        "bits_stored": file.bits_used,
        "pixel_representation": int(file.signed),
        "pixel_keyword": file.keyword,
        "pixel_vr": file.vr or "OW",
    }


def turned(pixels: Pixels, file: PixelFile) -> Pixels:
    """Invert stored numbers within the range of the stored bits, so that high is bright.

    Args:
        pixels: Stored numbers of any shape.
        file: Their storage, of which sign and stored bits are used.

    Returns:
        int64 numbers of the same shape.
    """
    if file.signed:
        return np.invert(pixels.astype(np.int64))
    return ((1 << file.bits_stored) - 1) - pixels.astype(np.int64)


def _palette(file: PixelFile) -> Dataset:
    return read_header_elements(file.path)


def _brightness(pixels: Pixels, palette: Dataset) -> Pixels:
    with only_serious():
        colours = apply_color_lut(pixels, palette)
    red, green, blue = np.moveaxis(colours.astype(np.float64), -1, 0)
    grey = (red == green) & (green == blue)
    weighed = colours.astype(np.float64) @ np.array(BRIGHTNESS)
    return np.asarray(np.where(grey, red, weighed))
