"""A batch joins the stacks of one session that belong together, when it is asked to."""

import json
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from srviewer.__main__ import main
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume


@pytest.fixture
def study(head: Volume, tmp_path: Path) -> Path:
    """Of one person three planes, of another a T2w and a T1w; a data set."""
    root = tmp_path / "study"
    for name, axis in {
        "sub-01/anat/sub-01_acq-ax_T2w": 2,
        "sub-01/anat/sub-01_acq-cor_T2w": 1,
        "sub-01/anat/sub-01_acq-sag_T2w": 0,
        "sub-02/anat/sub-02_T2w": 2,
        "sub-02/anat/sub-02_acq-sag_T1w": 0,
    }.items():
        thick = Degradation(axis, 4).thick_volume(head)
        path = root / f"{name}.nii.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        nib.save(nib.Nifti1Image(np.asarray(thick.voxels), thick.geometry.affine), path)
    (root / "dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.9.0"}')
    return root


def test_one_result_for_each_group_and_one_for_each_other_scan(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"

    def ran() -> dict[str, str]:
        words = ["batch", study, "-o", out, "--join", "--method", "cubic", "--workers", "1"]
        assert main([*map(str, words), "--json", "-"]) == 0
        volumes = json.loads(capsys.readouterr().out)["volumes"]
        return {Path(row["output"]).name: row["status"] for row in volumes}

    names = ("sub-01_acq-joined_desc-sr_T2w", "sub-02_desc-sr_T2w", "sub-02_acq-sag_desc-sr_T1w")
    assert ran() == {f"{name}.nii.gz": "done" for name in names}
    joined = out / "sub-01" / "anat" / f"{names[0]}.nii.gz"
    beside = json.loads(joined.with_name(f"{names[0]}.json").read_text())["provenance"]
    assert [Path(name).name for name in beside["sources"]] == [
        f"sub-01_acq-{plane}_T2w.nii.gz" for plane in ("ax", "cor", "sag")
    ]
    assert nib.load(joined).shape == (40, 48, 36)
    assert ran() == {f"{name}.nii.gz": "done before" for name in names}
    # Another stack makes another result, which takes the place of no earlier one unasked.
    (study / "sub-01/anat/sub-01_acq-cor_T2w.nii.gz").unlink()
    before = joined.read_bytes()
    (other,) = set(ran()) - {f"{name}.nii.gz" for name in names}
    assert other.startswith("sub-01_acq-joined_desc-sr") and joined.read_bytes() == before


def test_a_data_set_takes_joins_as_derivatives(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = study / "derivatives" / "srviewer"
    words = ["bids", study, out, "participant", "--join", "--method", "cubic", "--workers", "1"]
    assert main(list(map(str, words))) == 0
    capsys.readouterr()
    assert main(["bids", str(study), str(out), "group", "--json", "-"]) == 0
    volumes = json.loads(capsys.readouterr().out)["volumes"]
    assert len(volumes) == 3 and {row["status"] for row in volumes} == {"done"}
    name = "sub-01_acq-joined_desc-sr_T2w"
    beside = json.loads((study / f"derivatives/srviewer/sub-01/anat/{name}.json").read_text())
    assert beside["Sources"] == [
        f"bids:raw:sub-01/anat/sub-01_acq-{plane}_T2w.nii.gz" for plane in ("ax", "cor", "sag")
    ]
    assert "joined" in beside["Resolution"]


def test_single_slices_of_joins_are_moved_where_that_is_asked_for(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anat, out = study / "sub-01" / "anat", tmp_path / "out"
    words = ["batch", anat, "-o", out, "--method", "cubic", "--workers", "1", "--json", "-"]

    def ran(*more: str) -> tuple[str, dict[str, Any]]:
        assert main([*map(str, words), *more]) == 0
        (row,) = json.loads(capsys.readouterr().out)["volumes"]
        return row["status"], row["values"]

    status, values = ran("--join", "--motion", "slices")
    assert status == "done" and values["motion"] == "slices"
    assert all(stack["slice_motion"] for stack in values["stacks"])
    assert ran("--join", "--motion", "slices")[0] == "done before"
    status, values = ran("--join")  # another request, and another result
    assert status == "done" and values["motion"] == "none"
    assert main([*map(str, words), "--motion", "slices"]) == 1
    assert "add --join" in capsys.readouterr().err
