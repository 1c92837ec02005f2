"""DICOM and NIfTI files made on the spot."""

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID, EnhancedMRImageStorage, ExplicitVRLittleEndian, MRImageStorage

import phantoms
from srviewer.core.volumes.volume import Volume

LPS = np.diag([-1.0, -1.0, 1.0])
DicomWriter = Callable[..., list[Path]]


def numbers(values: Sequence[float]) -> list[str]:
    """Decimal strings as scanners write them: at most 16 characters."""
    return [f"{value:.10g}"[:16] for value in values]


def image_dataset(pixels: np.ndarray, series: str, instance: int) -> Dataset:
    """One image, pixels (..., rows, columns), that says nothing yet of where it lies."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = MRImageStorage
    dataset.SOPInstanceUID = f"{series}.{instance}"
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(dataset.SOPInstanceUID)
    dataset.SeriesInstanceUID = series
    dataset.Modality = "MR"
    dataset.PatientName = "Secret^Name"
    dataset.SeriesDescription = "T2 test"
    dataset.SeriesNumber = 7
    dataset.InstanceNumber = instance
    dataset.Rows, dataset.Columns = pixels.shape[-2:]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = pixels.dtype.itemsize * 8
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = np.ascontiguousarray(pixels).tobytes()
    dataset["PixelData"].VR = "OW"
    return dataset


def place(dataset: Dataset, affine: np.ndarray, k: float) -> None:
    """State where plane ``k`` of a RAS ``affine`` lies, in DICOM's LPS words."""
    steps = LPS @ affine[:3, :3]
    spacing = np.linalg.norm(steps, axis=0)
    corner = LPS @ (affine[:3, :3] @ (0, 0, k) + affine[:3, 3])
    dataset.ImagePositionPatient = numbers(corner)
    dataset.ImageOrientationPatient = numbers(
        [*steps[:, 0] / spacing[0], *steps[:, 1] / spacing[1]]
    )
    dataset.PixelSpacing = numbers([spacing[1], spacing[0]])
    dataset.SliceThickness = numbers([spacing[2]])[0]


@pytest.fixture
def thick() -> Volume:
    """5 x 4 x 6 voxels of 1.8 x 1.4 x 5 mm, oblique, each with a value of its own."""
    affine = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (1.8, 1.4, 5.0))
    return phantoms.numbered((5, 4, 6), affine)


@pytest.fixture
def write_dicom(tmp_path: Path) -> DicomWriter:
    """Write a volume as a classic series: one file per plane, numbered against their order.

    ``edit(dataset, k)`` changes a slice before it is written; ``planes`` are the slices written.
    """

    def write(
        volume: Volume,
        folder: str = "series",
        planes: Sequence[float] | None = None,
        edit: Callable[[Dataset, int], None] = lambda dataset, k: None,
        series: str = "1.2.3",
    ) -> list[Path]:
        target = tmp_path / folder
        target.mkdir(exist_ok=True)
        files = []
        count = volume.geometry.shape[2]
        for k in range(count):
            if planes is not None and k >= len(planes):
                break
            dataset = image_dataset(volume.voxels[:, :, k].T.astype(np.int16), series, 100 - k)
            place(dataset, volume.geometry.affine, k if planes is None else planes[k])
            edit(dataset, k)
            # File names in yet another order.
            files.append(target / f"{(k * 7) % 11:03d}_{k}.dcm")
            dataset.save_as(files[-1], enforce_file_format=True)
        return files

    return write


@pytest.fixture
def write_enhanced(tmp_path: Path) -> Callable[..., Path]:
    """Write a volume as one enhanced file whose frames are stored in the given order."""

    def write(volume: Volume, order: Sequence[int], slopes: Sequence[float]) -> Path:
        pixels = np.stack([volume.voxels[:, :, k].T for k in order]).astype(np.int16)
        dataset = image_dataset(pixels, "1.2.9", 1)
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
        dataset.NumberOfFrames = len(order)
        shared = Dataset()
        frames = []
        for number, k in enumerate(order):
            values = Dataset()
            place(values, volume.geometry.affine, k)
            measures, orientation, position, rescale = (Dataset() for _ in range(4))
            measures.PixelSpacing = values.PixelSpacing
            measures.SliceThickness = values.SliceThickness
            orientation.ImageOrientationPatient = values.ImageOrientationPatient
            position.ImagePositionPatient = values.ImagePositionPatient
            rescale.RescaleSlope, rescale.RescaleIntercept = str(slopes[number]), "0"
            shared.PixelMeasuresSequence = Items([measures])
            shared.PlaneOrientationSequence = Items([orientation])
            frame = Dataset()
            frame.PlanePositionSequence = Items([position])
            frame.PixelValueTransformationSequence = Items([rescale])
            frames.append(frame)
        dataset.SharedFunctionalGroupsSequence = Items([shared])
        dataset.PerFrameFunctionalGroupsSequence = Items(frames)
        path = tmp_path / "enhanced.dcm"
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write


@pytest.fixture
def write_image(tmp_path: Path) -> Callable[..., Path]:
    """Write an array with an affine; ``edit(header)`` has the last word on the header's fields."""

    def write(
        voxels: np.ndarray,
        affine: np.ndarray,
        name: str = "scan.nii",
        edit: Callable[[nib.Nifti1Header], None] = lambda header: None,
    ) -> Path:
        image = nib.Nifti1Image(voxels, affine)
        image.set_sform(affine, 1)
        image.set_qform(affine, 1)
        image.header.set_xyzt_units("mm")
        header = image.header
        header.set_slope_inter(1, 0)
        header["vox_offset"] = 352
        edit(header)
        content = header.binaryblock + b"\0" * 4 + voxels.tobytes(order="F")
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.lower().endswith(".gz") else content)
        return path

    return write


def assert_same_in_patient(found: Volume, expected: Volume) -> None:
    """Both hold the same values at the same places in the patient, however their axes run."""
    index = np.indices(found.geometry.shape).reshape(3, -1)
    there = expected.geometry.index(found.geometry.world(index.T))
    nearest = np.rint(there).astype(int)
    assert np.abs(there - nearest).max() < 1e-3
    assert len(np.unique(nearest, axis=0)) == expected.voxels.size
    np.testing.assert_array_equal(found.voxels[tuple(index)], expected.voxels[tuple(nearest.T)])


@pytest.fixture
def same_in_patient() -> Callable[[Volume, Volume], None]:
    """``assert_same_in_patient(found, expected)``."""
    return assert_same_in_patient
