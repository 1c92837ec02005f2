"""A folder with a missing slice or a tilt, from the command line to the written result."""

import json
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

import phantoms
from srviewer.__main__ import main
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume

Writer = Callable[..., list[Path]]


@pytest.fixture
def thick_slices() -> Volume:
    return Degradation(axis=2, factor=4).thick_volume(phantoms.head((20, 24, 32)))


def rebuilt(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, str]:
    status = main(
        ["reconstruct", str(folder), "-o", str(out), "--method", "cubic", *options, "--json", "-"]
    )
    captured = capsys.readouterr()
    return status, captured.out if status == 0 else captured.err


def test_a_missing_slice_asks_what_becomes_of_the_gap(
    write_dicom: Writer, thick_slices: Volume, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write_dicom(thick_slices)
    files[3].unlink()
    folder, out = files[0].parent, tmp_path / "thin.nii.gz"
    status, said = rebuilt(folder, out, capsys)
    assert status == 1
    assert "--gaps run|fill" in said and "1 slice is missing" in said
    assert not out.exists()
    status, said = rebuilt(folder, out, capsys, "--gaps", "fill")
    assert status == 0
    assert json.loads(said)["gaps"] == "fill"
    assert any(line.startswith("No data from") for line in json.loads(said)["warnings"])
    assert nib.load(out).shape[2] == 32
    voxels = np.asarray(nib.load(out).dataobj)
    assert np.isfinite(voxels).all()
    assert (voxels[:, :, 12:16] == 0).all()
    status, _ = rebuilt(folder, tmp_path / "run.nii.gz", capsys, "--gaps", "run")
    assert status == 0
    assert nib.load(tmp_path / "run.nii.gz").shape[2] == 16


def test_a_tilt_can_be_straightened_first(
    write_dicom: Writer, thick_slices: Volume, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    affine = thick_slices.geometry.affine.copy()
    affine[1, 2] = 4 * np.tan(np.radians(20))
    tilted = phantoms.numbered((6, 5, 8), affine)
    folder, out = write_dicom(tilted)[0].parent, tmp_path / "thin.nii.gz"
    assert main(["info", str(folder), "--json", "-"]) == 0
    (series,) = json.loads(capsys.readouterr().out)["series"]
    assert series["distance_mm"][2] == pytest.approx(4, abs=1e-3)
    assert series["spacing_mm"][2] == pytest.approx(4 / np.cos(np.radians(20)), abs=1e-3)
    status, said = rebuilt(folder, out, capsys)
    assert status == 1 and "tilted by 20.0 degrees" in said
    status, said = rebuilt(folder, out, capsys, "--deskew")
    assert status == 0
    made = nib.load(out).affine
    assert abs(made[:3, 1] @ made[:3, 2]) < 1e-4
