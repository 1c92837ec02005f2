"""Faults between slices on the command line: told by ``info``, repaired where that is asked."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

import phantoms
from slices_at_fault import Spoil, banded, moved, scaled, spoilt
from srviewer.__main__ import main
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume

Call = Callable[..., tuple[int, Any]]
CUBIC = ("--method", "cubic", "--factor", "4")
FAULTS = ("interleave_motion", "slice_brightness", "bad_slice")
SPOILT: dict[str, tuple[Spoil, str]] = {
    "interleave_motion": (moved((2, 0)), "motion"),
    "slice_brightness": (banded(1.1), "brightness"),
    "bad_slice": (scaled(9, 0), "slices"),
}


@pytest.fixture(scope="module")
def clean() -> Volume:
    return Degradation(2, 4).thick_volume(phantoms.head((64, 72, 80)))


def saved(scan: Volume, path: Path) -> Path:
    image = nib.Nifti1Image(scan.voxels, scan.geometry.affine)
    image.header.set_xyzt_units("mm")
    nib.save(image, path)
    return path


def told(values: dict[str, Any]) -> list[str]:
    return [w["code"] for w in values["series"][0]["warnings"] if w["code"] in FAULTS]


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_told_and_repaired(code: str, clean: Volume, tmp_path: Path, call: Call) -> None:
    spoil, name = SPOILT[code]
    path, out = saved(spoilt(clean, 2, spoil), tmp_path / "scan.nii.gz"), tmp_path / "thin.nii.gz"
    assert told(call("info", path)[1]) == []  # headers do not say
    _, values = call("info", path, "--voxels")
    assert told(values) == [code]
    (warning,) = (w for w in values["series"][0]["warnings"] if w["code"] == code)
    numbers = [9] if code == "bad_slice" else range(1, 20, 2)
    places = clean.geometry.world([[0, 0, n] for n in numbers])[:, 2]
    assert warning["where_mm"] == pytest.approx(list(places), abs=1e-2)
    # It blocks nothing, and what was asked for is recorded.
    status, plain = call("reconstruct", path, "-o", out, *CUBIC)
    assert status == 0 and plain["repaired"] == [] and warning["message"] in plain["warnings"]
    asked = ("--repair", "slices,brightness,motion")
    status, made = call("reconstruct", path, "-o", out, "--overwrite", *asked, *CUBIC)
    assert status == 0 and made["repaired"] == [name]
    assert made["request"]["repair"] == ["brightness", "motion", "slices"]


def test_slab_by_slab_the_same_faults_are_told(
    clean: Volume, tmp_path: Path, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(spoilt(clean, 2, moved((0, 2))), tmp_path / "scan.nii.gz")
    out = tmp_path / "thin.nii.gz"
    whole = call("reconstruct", path, "-o", out, *CUBIC, "--slabs", "never")[1]
    parts = call("reconstruct", path, "-o", out, *CUBIC, "--slabs", "always", "--overwrite")[1]
    assert parts["warnings"] == whole["warnings"]
    assert any("moved between interleaved slices" in line for line in parts["warnings"])
    call_again = ("reconstruct", path, "-o", out, *CUBIC, "--repair", "motion", "--overwrite")
    status, error = call(*call_again, "--slabs", "always")
    assert status == 1 and "repair" in error


def test_what_cannot_be_repaired_is_refused(clean: Volume, tmp_path: Path, call: Call) -> None:
    path = saved(clean, tmp_path / "scan.nii.gz")
    out = tmp_path / "thin.nii.gz"
    with pytest.raises(SystemExit) as left:
        main(["reconstruct", str(path), "-o", str(out), "--repair", "everything"])
    assert left.value.code == 2
    status, made = call("reconstruct", path, "-o", out, "--repair", "none", *CUBIC)
    assert status == 0 and made["repaired"] == made["request"]["repair"] == []
    drawn = saved(replace(clean, voxels=np.rint(clean.voxels / 300)), tmp_path / "labels.nii")
    more = ("--labels", drawn, "-o-labels", tmp_path / "thin-labels.nii", "--overwrite")
    status, error = call("reconstruct", path, "-o", out, "--repair", "motion", *CUBIC, *more)
    assert status == 1 and "Labels are not moved" in error


def test_a_batch_repairs_as_well(clean: Volume, tmp_path: Path, call: Call) -> None:
    path = saved(spoilt(clean, 2, banded(1.2)), tmp_path / "scan.nii.gz")
    options = ("--workers", 1, "--repair", "brightness", *CUBIC)
    _, done = call("batch", path, "-o", tmp_path / "out", *options)
    (volume,) = done["volumes"]
    assert volume["values"]["repaired"] == ["brightness"]
