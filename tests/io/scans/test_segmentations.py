"""Masks and label maps among real files: told by their names, and by their voxels."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from scipy.ndimage import binary_opening

import phantoms
from srviewer.core.volumes.volume import Volume, blocking_warnings, is_segmentation
from srviewer.io.formats import read, scan
from srviewer.io.nifti import reader as nifti
from srviewer.io.scans.segmentation_names import name_warnings
from srviewer.io.scans.voxel_checks import holds_labels, label_check
from srviewer.job import run

Writer = Callable[..., Path]
AFFINE = phantoms.affine_of(np.eye(3), (1.0, 1.0, 4.0))


@pytest.mark.parametrize(
    ("stem", "said"),
    [
        ("sub-01_desc-brain_mask", "mask"),
        ("sub-01_MASK", "mask"),
        ("mask", "mask"),
        ("Dseg", "dseg"),
        ("sub-01_space-T1w_dseg", "dseg"),
        ("sub-01_label-GM_probseg", "probseg"),
        ("sub-01_label-lesion_T1w", "label-lesion"),
        ("Sub-01_Label-WM_T2w", "label-wm"),
        ("label-1", "label-1"),
        ("sub-01_T2w", ""),
        ("masked_T2w", ""),
        ("sub-mask_T1w", ""),
        ("brainmask", ""),
        ("mask_T1w", ""),
        ("sub-01_label-_T1w", ""),
        ("t1_unlabel-ed", ""),
    ],
)
def test_names_of_bids_say_what_is_a_segmentation(stem: str, said: str) -> None:
    found = name_warnings(stem)
    assert [one.code for one in found] == (["segmentation"] if said else [])
    assert all(f"'{said}'" in one.message for one in found)


@pytest.mark.parametrize("name", ["sub-01_mask.nii", "sub-01_MASK.NII.GZ", "label-GM_x.nii.gz"])
def test_a_name_is_known_from_the_header_alone(
    write_image: Writer, thick_head: Volume, name: str
) -> None:
    path = write_image(np.asarray(thick_head.voxels), AFFINE, name)
    (series,) = run(scan([path])).series
    assert is_segmentation(series.warnings) and blocking_warnings(series.warnings)
    assert series.warnings[0].code == "segmentation"
    assert is_segmentation(run(read(path)).warnings)


def test_a_freesurfer_mask_is_known_by_its_name(tmp_path: Path, thick_head: Volume) -> None:
    nib.save(nib.MGHImage(thick_head.voxels, AFFINE.astype(np.float32)), tmp_path / "mask.mgz")
    (series,) = run(scan([tmp_path / "mask.mgz"])).series
    assert is_segmentation(series.warnings)


@pytest.mark.parametrize("dtype", ["u1", "i2", "u2", "i4", "f4", "f8"])
@pytest.mark.parametrize("slope", [1.0, 1 / 255, -3.0])
def test_a_mask_of_any_type_and_scale_is_found(
    write_image: Writer, head: Volume, dtype: str, slope: float
) -> None:
    stored = (head.voxels > 300).astype(dtype) * 100
    path = write_image(stored, AFFINE, edit=lambda header: header.set_slope_inter(slope, 2.5))
    (series,) = run(scan([path])).series
    assert run(holds_labels(series))
    (warning,) = run(read(path)).warnings
    assert warning.code == "label_like" and "2 different values" in warning.message


def test_an_empty_volume_is_called_empty(write_image: Writer) -> None:
    path = write_image(np.zeros((9, 8, 7), np.uint8), AFFINE)
    (warning,) = run(read(path)).warnings
    assert warning.code == "constant" and "the same value (0)" in warning.message
    assert not blocking_warnings((warning,))


def test_a_mask_in_an_archive_is_found(write_image: Writer, head: Volume, tmp_path: Path) -> None:
    mask = write_image((head.voxels > 300).astype(np.uint8), AFFINE)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(mask, "brain.nii")
    (series,) = run(scan([tmp_path / "a.zip"])).series
    assert run(holds_labels(series))


def test_a_file_is_read_only_as_far_as_it_takes(write_image: Writer, head: Volume) -> None:
    whole = write_image(np.asarray(head.voxels), AFFINE)
    (series,) = run(nifti.scan([whole])).series
    whole.write_bytes(whole.read_bytes()[: -head.voxels[:, :, :16].nbytes])
    assert not run(holds_labels(series))


def _real(folder: Path) -> Iterator[tuple[str, Volume]]:
    for name in (
        "mri/thick/flair_072x072x40.nii.gz",
        "mri/thick/t2_fetal_113x113x33_a.nii.gz",
        "mri/train/t1_brain_100_a.nii.gz",
        "stacks/prostate_t2/sag.nii.gz",
        "stacks/fetal_t2/peer_SR_1.125mm.nii.gz",
        "dicom/ge_ct_gantry_tilt_variable_spacing",
        "dicom/edge_cases_many_vendors",
    ):
        for series in run(scan([folder / name])).series:
            yield series.name, run(series.read(0))


def test_real_scans_are_told_from_the_masks_made_of_them(shared_data: Path) -> None:
    def kind(voxels: np.ndarray) -> str:
        return run(label_check(voxels, "")).kind()

    for name, volume in _real(shared_data):
        voxels = np.asarray(volume.voxels)
        assert kind(voxels) == "scan", name
        if voxels.shape[0] < 100:
            continue
        for count in (8, 16, 64):  # of grey levels
            few = np.floor((voxels - voxels.min()) / np.ptp(voxels) * (count - 1))
            assert kind(few) == "scan", f"{name} with {count} levels"
        mask = binary_opening(voxels > voxels.mean())
        if mask.any():
            assert kind(mask.astype(np.float32)) == "labels", name


@pytest.mark.parametrize("number", range(1, 7))
def test_real_brain_masks_are_found(shared_data: Path, number: int) -> None:
    volume = run(read(shared_data / f"stacks/fetal_t2/run-{number}_brainmask.nii.gz"))
    assert is_segmentation(volume.warnings)
