"""reconstruct to a DICOM series and into a BIDS data set."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from pydicom import dcmread

from srviewer.core.volumes.volume import Volume

Call = Callable[..., tuple[int, Any]]
CUBIC = ("--method", "cubic")


def test_a_dicom_series(call: Call, thick_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "series"
    status, values = call("reconstruct", thick_file, "--dicom", out, *CUBIC)
    assert (status, values["output"]) == (0, str(out))
    slices = [dcmread(path) for path in sorted(out.iterdir())]
    assert len(slices) == 36
    story = json.loads(slices[0].private_block(0x0099, "SRVIEWER")[1].value)
    assert story["provenance"]["method"] == "cubic" and story["provenance"]["factor"] == 4
    assert story["written_utc"] and story["provenance"]["device"] == "cpu"
    status, told = call("reconstruct", thick_file, "--dicom", out, *CUBIC)
    assert status == 1 and "is there already" in told


def test_a_bids_data_set(call: Call, thick_file: Path, tmp_path: Path) -> None:
    scan = tmp_path / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    scan.parent.mkdir(parents=True)
    shutil.copy(thick_file, scan)
    status, values = call("reconstruct", scan, "--bids", tmp_path, *CUBIC)
    made = tmp_path / "derivatives/srviewer/sub-01/anat/sub-01_desc-sr_T2w.nii.gz"
    assert (status, values["output"]) == (0, str(made)) and made.exists()
    assert call("info", made)[1]["series"][0]["shape"] == [40, 48, 36]


def test_bids_must_know_whose_it_is(call: Call, thick_file: Path, tmp_path: Path) -> None:
    status, told = call("reconstruct", thick_file, "--bids", tmp_path, *CUBIC)
    assert status == 1 and "--subject and --contrast" in told
    assert list(tmp_path.iterdir()) == []
    named = ("--subject", "7", "--contrast", "T1w")
    assert call("reconstruct", thick_file, "--bids", tmp_path, *named, *CUBIC)[0] == 0


def test_a_dicom_series_of_whole_numbers_and_of_finer_ones(
    call: Call, thick_head: Volume, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.nii.gz"
    image = nib.Nifti1Image(np.rint(thick_head.voxels).astype(np.int16), thick_head.geometry.affine)
    nib.save(image, scan)
    told = {}
    for name, more in [("whole", []), ("finer", ["--store", "float32"])]:
        status, told[name] = call("reconstruct", scan, "--dicom", tmp_path / name, *CUBIC, *more)
        assert status == 0
    first, second = (dcmread(tmp_path / name / "00001.dcm") for name in told)
    assert "RescaleSlope" not in first and told["whole"]["pixels"]["slope"] == 1
    assert told["whole"]["pixels"]["note"] == ""
    assert 0 < second.RescaleSlope < 0.1 and "asked for" in told["finer"]["pixels"]["note"]
    assert told["whole"]["thickness_mm"] == 4 and told["whole"]["request"]["thickness_mm"] is None
    status, values = call("reconstruct", scan, "-o", tmp_path / "thin.nii.gz", *CUBIC)
    assert status == 0 and "pixels" not in values
    assert nib.load(tmp_path / "thin.nii.gz").get_data_dtype() == np.float32
