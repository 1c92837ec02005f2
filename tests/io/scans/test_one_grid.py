"""The same slices as DICOM with rounded decimals and as NIfTI along other axes: one grid."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from nibabel.nifti1 import Nifti1Header
from pydicom.dataset import Dataset

import phantoms
from srviewer.core.resampling.reorient import Reorientation, on_grid
from srviewer.io.formats import read
from srviewer.job import run

STORED = (
    Reorientation((0, 1, 2), (True, True, False)),
    Reorientation((0, 1, 2), (False, True, True)),
    Reorientation((2, 0, 1), (True, False, False)),
)


@pytest.mark.parametrize("code", ["qform", "sform"])
@pytest.mark.parametrize("axes", STORED)
@pytest.mark.parametrize("degrees", [(0, 0, 0), (12, -7, 21), (17, 0, 0)])
def test_dicom_and_nifti_of_one_scan_lie_on_one_grid(
    degrees: tuple[float, float, float],
    axes: Reorientation,
    code: str,
    write_dicom: Callable[..., list[Path]],
    write_image: Callable[..., Path],
) -> None:
    affine = phantoms.affine_of(phantoms.rotation(degrees), (0.46875, 0.46875, 5), (-117, 93, -61))
    volume = phantoms.numbered((200, 24, 6), affine)

    def rounded(dataset: Dataset, k: int) -> None:
        dataset.ImageOrientationPatient = [
            f"{value:.5f}" for value in dataset.ImageOrientationPatient
        ]
        dataset.PixelSpacing = ["0.4688", "0.4688"]
        dataset.ImagePositionPatient = [f"{value:.3f}" for value in dataset.ImagePositionPatient]

    def one_code(header: Nifti1Header) -> None:
        header["qform_code"], header["sform_code"] = code == "qform", code == "sform"

    dicom = run(read(write_dicom(volume, edit=rounded)[0].parent))
    stored = np.ascontiguousarray(axes.view(volume.voxels)).astype("<i2")
    nifti = run(read(write_image(stored, axes.grid(volume.geometry).affine, edit=one_code)))
    for one, other in ((nifti, dicom), (dicom, nifti)):
        placed = run(on_grid(one, other.geometry))
        assert placed is not None
        assert np.array_equal(placed.voxels, other.voxels)
        assert placed.geometry.matches(other.geometry)
