"""The checksum of the voxels in a NIfTI file, as the sidecar of a result states it."""

from pathlib import Path

import numpy as np

from srviewer.core.volumes.volume import Voxels
from srviewer.io.files.gzip_streams import crc32
from srviewer.io.files.streams import pieces
from srviewer.io.nifti import nib
from srviewer.job import Job, Progress


def voxels_crc32(path: Path) -> Job[int | None]:
    """Compute the checksum of the voxels in a file.

    Args:
        path: A NIfTI image, compressed or not.

    Returns:
        CRC-32 of the voxels' bytes as they are stored; None where the file is cut short.

    Raises:
        ImageFileError: The file is no NIfTI image; other errors of nibabel are those of
            ``UNREADABLE``.
    """
    image = nib.load(path, mmap=False)
    start = int(image.dataobj.offset)
    voxels = int(np.prod(image.header.get_data_shape(), dtype=np.int64))
    stop = start + voxels * image.header.get_data_dtype().itemsize
    checksum, position = 0, 0
    for piece, fraction in pieces(path, stop):
        checksum = crc32(memoryview(piece)[max(0, start - position) :], checksum)
        position += len(piece)
        yield Progress(fraction, "Checking what was written")
    return checksum if position == stop else None


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
