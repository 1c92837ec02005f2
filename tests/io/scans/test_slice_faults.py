"""Faults between slices are told of whatever is read: frames, DICOM series, but not of CT."""

from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom.dataset import Dataset

import phantoms
from slices_at_fault import moved, scaled, spoilt
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read, scan
from srviewer.job import run


@pytest.fixture(scope="module")
def clean() -> Volume:
    thick = Degradation(2, 4).thick_volume(phantoms.head((48, 56, 64)))
    return thick.derived(np.rint(thick.voxels), thick.geometry, "rounded")


def codes(volume: Volume) -> set[str]:
    return {w.code for w in volume.warnings} & {"interleave_motion", "bad_slice"}


@pytest.mark.parametrize(("modality", "expected"), [("MR", {"bad_slice"}), ("CT", set())])
def test_a_dicom_series(
    modality: str, expected: set[str], clean: Volume, write_dicom: Callable[..., list[Path]]
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.Modality, dataset.BodyPartExamined = modality, "KNEE"

    files = write_dicom(spoilt(clean, 2, scaled(7, 0)), edit=edit)
    volume = run(read(files[0].parent))
    assert codes(volume) == expected and volume.body_part == "KNEE"


def test_each_frame_for_itself(clean: Volume, tmp_path: Path) -> None:
    frames = [clean, spoilt(clean, 2, moved((2, 0))), spoilt(clean, 2, scaled(7, 0.3))]
    path = tmp_path / "frames.nii"
    voxels = np.stack([frame.voxels for frame in frames], axis=3)
    nib.save(nib.Nifti1Image(voxels, clean.geometry.affine), path)
    (series,) = run(scan([path])).series
    found = [codes(run(series.read(number))) for number in range(3)]
    assert found == [set(), {"interleave_motion"}, {"bad_slice"}]
