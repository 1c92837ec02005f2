"""A scan larger than memory: the same numbers slab by slab, under a limit, nothing left behind."""

import json
import os
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from children import ran
from srviewer.__main__ import main
from srviewer.cli.options.sources import open_only

# What the program may take above what it has taken once everything is loaded. The reconstruction of
# the test takes at most 190 MiB slab by slab and 320 MiB in memory, wherever it is run.
ROOM = 255 * 2**20
LIMITED = f"""
import resource, sys
import numpy, psutil, scipy.ndimage, nibabel
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.models.available_models import find_model
Upsampler(find_model("fast"), "cpu")
limit = psutil.Process().memory_info().vms + {ROOM}
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from srviewer.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def voxels_of(path: Path) -> np.ndarray:
    return np.asarray(nib.load(path).dataobj)


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        (["--method", "cubic", "--minimum", "scan"], ["residual"]),
        (["--factor", "4"], ["residual", "disagreement"]),
        (["--factor", "4", "--minimum", "scan"], ["residual"]),
        (["--method", "cubic", "--factor", "6", "--isotropic"], ["residual"]),
        (
            ["--factor", "2", "--lock-shape", "ellipse:axial:0,0,0:8,0,0:0,8,0", "--texture", "1"],
            ["texture-change"],
        ),
        (["--factor", "2", "--also", "i:2", "--method", "back-projected"], ["residual"]),
    ],
)
def test_slab_by_slab_gives_the_same_files(
    thick_file: Path, tmp_path: Path, more: list[str], kinds: list[str]
) -> None:
    said = []
    for slabs in ("never", "always"):
        out = tmp_path / f"{slabs}.nii.gz"
        maps = [f"--{kind}={tmp_path / f'{slabs}-{kind}.nii.gz'}" for kind in kinds]
        run = ["reconstruct", str(thick_file), "-o", str(out), "--slabs", slabs, *maps, *more]
        assert main([*run, "--json", str(tmp_path / f"{slabs}.said")]) == 0
        said.append(json.loads((tmp_path / f"{slabs}.said").read_text()))
    for name in ("", *(f"-{kind}" for kind in kinds)):
        one, other = (tmp_path / f"{slabs}{name}.nii.gz" for slabs in ("never", "always"))
        assert one.read_bytes() == other.read_bytes()
    one, other = said
    for key in ("model_sha256", "factor", "axis", "warnings"):
        assert one[key] == other[key]
    assert one["consistency"] == pytest.approx(other["consistency"], rel=1e-6)
    assert one["locked_region"] == other["locked_region"]
    assert one["texture_changed"] == other["texture_changed"]
    assert (one["expected_gain"] is None) == (one["disagreement"] is None)
    if one["disagreement"] is not None:
        assert "slab by slab" in other["expected_gain"]["reason"]
        assert one["disagreement"] == pytest.approx(other["disagreement"], rel=1e-4)


@pytest.mark.parametrize("option", ["--dicom", "--bids"])
def test_other_targets_hold_the_same_slab_by_slab(
    thick_file: Path, tmp_path: Path, option: str
) -> None:
    found = []
    for slabs in ("never", "always"):
        out = tmp_path / slabs
        out.mkdir()
        place = out / "series" if option == "--dicom" else out
        run = ["reconstruct", str(thick_file), option, str(place), "--slabs", slabs]
        run += ["--subject", "01", "--contrast", "T1w", "--method", "cubic"]
        assert main([*run, "--json", str(tmp_path / "said")]) == 0
        said = json.loads((tmp_path / "said").read_text())
        assert said["slab_by_slab"] == (slabs == "always")
        series = open_only(place if option == "--dicom" else Path(said["output"]))
        found.append((series.voxels, said.get("pixels")))
        assert not [path for path in out.rglob("*") if "scratch" in path.name]
    np.testing.assert_array_equal(found[0][0], found[1][0])
    assert found[0][1] == found[1][1]


@pytest.mark.skipif(sys.platform != "linux", reason="limits on address space differ elsewhere")
def test_memory_is_bounded(tmp_path: Path) -> None:
    """In memory the five volumes of 67 MB alone would be more than there is."""
    shape = (256, 256, 64)
    scan, out = tmp_path / "scan.nii", tmp_path / "thin.nii"
    voxels = np.random.default_rng(3).integers(0, 4, shape, dtype=np.int16)
    voxels[110:150, 120:145, 10:26] += 700
    nib.save(nib.Nifti1Image(voxels, np.diag([1, 1, 4, 1])), scan)
    run = [sys.executable, "-c", LIMITED, "reconstruct", str(scan), "-o", str(out)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    refused = ran([*run, "--slabs", "never"], environment)
    assert refused.returncode == 1 and not out.exists()
    assert "--slabs always" in refused.stderr and "Traceback" not in refused.stderr
    done = ran(run, environment)
    assert done.returncode == 0, done.stderr
    assert "reconstructed slab by slab" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scan.nii", "thin.json", "thin.nii"]
    thin = voxels_of(out)
    assert thin.shape == (256, 256, 256)
    again = thin.reshape(256, 256, 64, 4).mean(axis=3)
    assert np.abs(again - voxels).max() < 0.01


def test_what_needs_the_whole_volume_is_refused(
    thick_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["reconstruct", str(thick_file), "-o", str(tmp_path / "thin.nii"), "--slabs", "always"]
    assert main([*run, "--adapt", "1", "--repair", "slices"]) == 1
    expected = "no fitting of the model to the scan, no repair of faults between slices"
    assert expected in capsys.readouterr().err
    assert main([*run, "--report", str(tmp_path / "report.html")]) == 1
    assert "no report" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
