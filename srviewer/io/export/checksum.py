"""The checksum of the voxels in an image, as the sidecar of a result states it."""

from pathlib import Path

from srviewer.core.volumes.volume import Voxels
from srviewer.io.export.stored_image import stored_image
from srviewer.io.files.gzip_streams import crc32
from srviewer.io.files.streams import pieces
from srviewer.job import Job, Progress


def voxels_crc32(path: Path) -> Job[int | None]:
    """Compute the checksum of the voxels in a file.

    Args:
        path: An image in one of the formats that srviewer writes.

    Returns:
        CRC-32 of the voxels' bytes as they are stored; None where the file is cut short.

    Raises:
        Exception: As in ``stored_image``.
    """
    image = stored_image(path)
    checksum, position = 0, 0
    for piece, fraction in pieces(path, image.stop, packing=image.packing):
        voxels = memoryview(piece)[max(0, image.start - position) : max(0, image.stop - position)]
        checksum = crc32(voxels, checksum)
        position += len(piece)
        yield Progress(fraction, "Checking what was written")
    return checksum if position >= image.stop else None


def crc32_of(voxels: Voxels, data_type: str) -> Job[int]:
    """Compute the checksum that voxels in memory have in a file.

    Args:
        voxels: (i, j, k) voxels.
        data_type: Numpy's name of the data type in the file.

    Returns:
        CRC-32, equal to that of ``voxels_crc32`` where the voxels were read from such a file.
    """
    checksum, count = 0, voxels.shape[2]
    for k in range(count):
        content = voxels[:, :, k].astype(data_type).tobytes(order="F")
        checksum = crc32(content, checksum)
        if k % 16 == 0:
            yield Progress(k / count, "Checking against what was written")
    return checksum
