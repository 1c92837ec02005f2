"""Decoding by SimpleITK of the transfer syntaxes that pydicom cannot decode alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid

from srviewer.io.dicom.elements.pydicom_warnings import only_serious
from srviewer.io.dicom.headers.stored_pixels import PixelFile
from srviewer.temporary_folders import temporary_folder


def itk_frames(file: PixelFile, frames: Sequence[int]) -> Iterator[npt.NDArray[np.generic]]:
    """Decode frames of a file to their stored numbers.

    SimpleITK is used as a decoder and nothing else: each frame reaches it in a file of its own
    without rescaling and geometry, of which it would apply the former and lose the latter.

    Args:
        file: The storage of the pixels.
        frames: The numbers of the frames.

    Yields:
        (rows, columns), one array for each frame.

    Raises:
        RuntimeError: SimpleITK cannot decode a frame.
        ValueError: Pydicom cannot find it in the encapsulated data.
    """
    with file.path.open("rb") as source:
        for frame in frames:
            source.seek(file.start)
            with only_serious():
                packed = get_frame(source, frame, number_of_frames=file.frames)
            with temporary_folder() as folder:
                yield _through_itk(file, packed, folder / "frame.dcm")


def _through_itk(file: PixelFile, packed: bytes, path: Path) -> npt.NDArray[np.generic]:
    wrapped = Dataset()
    wrapped.file_meta = FileMetaDataset()
    wrapped.file_meta.TransferSyntaxUID = file.syntax
    wrapped.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    wrapped.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    wrapped.SOPClassUID = SecondaryCaptureImageStorage
    wrapped.SOPInstanceUID = wrapped.file_meta.MediaStorageSOPInstanceUID
    wrapped.Rows, wrapped.Columns = file.rows, file.columns
    wrapped.SamplesPerPixel = 1
    wrapped.PhotometricInterpretation = "MONOCHROME2"
    wrapped.BitsAllocated, wrapped.BitsStored = file.bits_allocated, file.bits_stored
    wrapped.HighBit = file.bits_stored - 1
    wrapped.PixelRepresentation = int(file.signed)
    wrapped.PixelData = encapsulate([packed])
    wrapped["PixelData"].VR = "OB"
    wrapped.save_as(path, enforce_file_format=True)
    import SimpleITK as sitk  # half a second, which the window does not wait for

    image: npt.NDArray[np.generic] = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))[0]
    return image
