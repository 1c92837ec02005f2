"""The warning of files whose pixel data are longer than their headers promise."""

from collections.abc import Iterable, Iterator

from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.headers.stored_pixels import PixelFile


def surplus_warnings(files: Iterable[PixelFile]) -> Iterator[ScanWarning]:
    """Compare the length of pixel data with what their headers promise.

    Args:
        files: The storage of the pixels of one volume; a file may come once for each frame.

    Yields:
        The warning ``trailing_bytes``, once, where there are more bytes than promised.
    """
    more = {file.path: file for file in files if file.surplus}
    if not more:
        return
    first = next(iter(more.values()))
    others = f" and {len(more) - 1} more" if len(more) > 1 else ""
    yield ScanWarning(
        "trailing_bytes",
        f"The header promises {first.promised:,} bytes of pixels, and {first.surplus:,} more "
        f"follow them in '{first.path.name}'{others}. They are left out. Make sure that rows, "
        "columns, bits and number of frames in the header are right: with wrong ones, images "
        "would be mixed up or missing.",
    )
