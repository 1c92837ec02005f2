"""The storage of an image that srviewer wrote, read back from its file."""

from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.io.files.packing import Packing
from srviewer.io.nifti import nib
from srviewer.io.text_headers.described_image import DescribedImage
from srviewer.io.text_headers.metaimage import meta_image
from srviewer.io.text_headers.nrrd import nrrd_image


@dataclass(frozen=True, eq=False)
class StoredImage:
    """The storage of an image in one file.

    Attributes:
        path: The file.
        packing: The packing of its content; None for that of the whole file.
        start: The byte of the first voxel in the unpacked content.
        dtype: The data type of the voxels.
        shape: Voxels along each axis.
        affine: (4, 4) to RAS+ mm.
    """

    path: Path
    packing: Packing | None
    start: int
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    affine: Matrix

    @property
    def stop(self) -> int:
        """The byte behind the last voxel."""
        return self.start + prod(self.shape) * self.dtype.itemsize


def stored_image(path: Path) -> StoredImage:
    """Read the storage of an image from its header.

    Args:
        path: An image in one of the formats that srviewer writes.

    Returns:
        The storage.

    Raises:
        UserError: It is no NRRD or MetaImage file, by whose ending it is named.
        ImageFileError: It is no NIfTI or FreeSurfer image; other errors of nibabel are those of
            ``UNREADABLE``.
    """
    name = path.name.lower()
    if name.endswith(".nrrd"):
        return _described(nrrd_image(path))
    if name.endswith(".mha"):
        return _described(meta_image(path))
    image = nib.load(path, mmap=False)
    header = image.header
    start, shape = int(image.dataobj.offset), tuple(map(int, header.get_data_shape()))
    return StoredImage(path, None, start, header.get_data_dtype(), shape, image.affine)


def _described(image: DescribedImage) -> StoredImage:
    frames = (image.frames,) if image.frames > 1 else ()
    shape = (*image.shape, *frames)
    return StoredImage(image.voxels, image.packing, image.start, image.dtype, shape, image.affine)
