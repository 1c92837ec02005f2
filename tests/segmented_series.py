"""A made-up DICOM series and the regions that are drawn on it in tests/fixtures/segmentations."""

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage

import phantoms

SHAPE = (6, 10, 12)  # planes, rows, columns
ROOT = "1.2.826.0.1.3680043.8.498."
FIXTURES = Path(__file__).parent / "fixtures" / "segmentations"


def source_series() -> list[Dataset]:
    """Six oblique slices of one person."""
    turn = np.round(phantoms.rotation((10, -15, 25)), 6)
    return [_slice(k, turn) for k in range(SHAPE[0])]


def write_series(folder: Path) -> Path:
    """The folder with the files of ``source_series``, which is made."""
    folder.mkdir()
    for k, dataset in enumerate(source_series()):
        dataset.save_as(folder / f"{k}.dcm", enforce_file_format=True)
    return folder


def drawn_regions() -> np.ndarray:
    """(region, plane, row, column): a liver, vessels beside it, a tumour inside it."""
    regions = np.zeros((3, *SHAPE), bool)
    regions[0, 1:5, 2:8, 3:9] = True
    regions[0, 2, 2, 3] = False
    regions[1, [1, 4], 0:2, 10:12] = True
    regions[2, 2:4, 4:6, 5:8] = True
    return regions


def _slice(k: int, turn: np.ndarray) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID = MRImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID = UID(f"{ROOT}7.{k}")
    made.SeriesInstanceUID, made.StudyInstanceUID = f"{ROOT}7", f"{ROOT}8"
    made.FrameOfReferenceUID = f"{ROOT}9"
    made.PatientName, made.PatientID, made.PatientSex = "Phantom^Made", "phantom-1", "O"
    made.StudyID, made.StudyDate, made.StudyTime = "1", "20200102", "101010"
    for keyword in ("PatientBirthDate", "AccessionNumber", "ReferringPhysicianName", "Laterality"):
        setattr(made, keyword, "")
    made.PositionReferenceIndicator = ""
    made.Modality, made.SeriesNumber, made.InstanceNumber = "MR", 3, k + 1
    made.SeriesDescription, made.Manufacturer = "T2", "phantom"
    made.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    position = np.array([-20.0, 10, 5]) + turn[:, 2] * 4.5 * k
    made.ImagePositionPatient = [f"{mm:.6f}" for mm in position]
    made.ImageOrientationPatient = [f"{cosine:.6f}" for cosine in (*turn[:, 0], *turn[:, 1])]
    made.PixelSpacing = ["1.500000", "1.250000"]
    made.SliceThickness = made.SpacingBetweenSlices = "4.5"
    made.Rows, made.Columns, made.SamplesPerPixel = SHAPE[1], SHAPE[2], 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 12, 11
    made.PixelRepresentation = 0
    noise = np.random.default_rng(k).integers(0, 900, SHAPE[1:])
    made.PixelData = (100 * k + noise).astype("<u2").tobytes()
    made["PixelData"].VR = "OW"
    return made
