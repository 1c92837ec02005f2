#!/usr/bin/env bash
# dcm2niix takes the spacing of a stack from its first two slices, and so moves the far end of a stack
# whose positions were rounded by the scanner.
#
# Some scanners write ImagePositionPatient to 0.1 mm. Twenty slices that truly lie 6.97 mm apart then have
# steps of 6.9 and 7.0 mm. dcm2niix writes the first step as the voxel size, in the affine too, so the last
# slice lands away from where its own header puts it, by 19 times the error of that one step. A mean over the whole
# stack puts both ends where the headers say.
#
# Seen with dcm2niix 1.0.20260724 (the PyPI package), pydicom 3.0.2, nibabel 5.4.2 and numpy 2.4.6,
# Python 3.11: the spacing is 7.0 and the last slice lies 0.6 mm beyond its position.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    dcm2niix==1.0.20260724 pydicom==3.0.2 nibabel==5.4.2 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import subprocess
from pathlib import Path

import nibabel as nib
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

places = [round(6.97 * k, 1) for k in range(20)]
study, series, frame = (generate_uid() for _ in range(3))
Path("in").mkdir()
for k, z in enumerate(places):
    one = Dataset()
    one.SOPClassUID, one.SOPInstanceUID = MRImageStorage, generate_uid()
    one.StudyInstanceUID, one.SeriesInstanceUID, one.FrameOfReferenceUID = study, series, frame
    one.Modality, one.Manufacturer, one.PatientID = "MR", "ANY", "P"
    one.SeriesNumber, one.InstanceNumber, one.AcquisitionNumber = 1, k + 1, 1
    one.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    one.ImagePositionPatient = [-16, -16, z]
    one.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    one.PixelSpacing, one.SliceThickness = [1, 1], 5
    one.Rows = one.Columns = 32
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated = one.BitsStored = 16
    one.HighBit, one.PixelRepresentation = 15, 0
    one.PixelData = np.full((32, 32), 100 + k, "<u2").tobytes()
    one["PixelData"].VR = "OW"
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    one.save_as(f"in/{k:02d}.dcm", enforce_file_format=True)
Path("out").mkdir()
subprocess.run(
    ["venv/bin/dcm2niix", "-b", "n", "-f", "scan", "-o", "out", "in"], check=True, capture_output=True
)
(path,) = Path("out").glob("*.nii*")
affine = nib.load(path).affine
spacing = float(np.linalg.norm(affine[:3, 2]))
ends = sorted(float((affine @ [0, 0, k, 1])[2]) for k in (0, 19))
print(f"first step {places[1]:.2f} mm, mean step {places[-1] / 19:.4f} mm, written {spacing:.4f} mm")
print(f"headers put the ends at 0.00 and {places[-1]:.2f} mm, the file at {ends[0]:.2f} and {ends[1]:.2f}")
assert abs(spacing - places[1]) < 1e-3 < abs(spacing - places[-1] / 19), "dcm2niix behaves differently now"
PY
