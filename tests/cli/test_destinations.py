"""reconstruct to a DICOM series and into a BIDS data set."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydicom import dcmread

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
