"""No verb treats a mask or label map as a scan: it is left out and counted, or refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.sr.batch.items import select
from srviewer.sr.batch.records import STATE, BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.work import reconstructing
from srviewer.sr.inputs.segmentations import BY_NAME, BY_VOXELS
from srviewer.sr.requests.request import Request
from srviewer.sr.slabs.choice import SlabsWanted

Call = Callable[..., tuple[int, Any]]
CUBIC = ("--method", "cubic")


def _save(voxels: np.ndarray, like: Volume, path: Path) -> Path:
    image = nib.Nifti1Image(voxels, like.geometry.affine)
    image.header.set_xyzt_units("mm")
    nib.save(image, path)
    return path


def _tree(folder: Path, scan: Volume) -> Path:
    """A scan, its mask by name, its mask and a small lesion under other names."""
    folder.mkdir()
    inside = (scan.voxels > 200).astype(np.uint8)
    lesion = np.zeros_like(inside)
    lesion[20:22, 20:23, 4:6] = 1
    _save(np.asarray(scan.voxels), scan, folder / "sub-01_T2w.nii")
    _save(inside, scan, folder / "sub-01_desc-brain_mask.nii")
    _save(inside * 255, scan, folder / "sub-02_brain.nii")
    _save(lesion, scan, folder / "sub-03_lesion.nii.gz")
    return folder


@pytest.fixture
def tree(tmp_path: Path, thick_head: Volume) -> Path:
    return _tree(tmp_path / "tree", thick_head)


@pytest.fixture
def thin_tree(tmp_path: Path, head: Volume) -> Path:
    return _tree(tmp_path / "thin", head)


def test_a_batch_leaves_them_out_and_says_why(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, asked = tmp_path / "out", tmp_path / "told.json"
    words = ("batch", tree, "-o", out, "--workers", 1, *CUBIC, "--acknowledge", "--json", asked)
    assert main([*map(str, words)]) == 0
    told = json.loads(asked.read_text())
    statuses = {one["name"]: one["status"] for one in told["volumes"]}
    assert statuses.pop("sub-01_T2w") == "done" and set(statuses.values()) == {"left out"}
    assert told["left_out"] == {BY_NAME: 1, BY_VOXELS: 2}
    line = f"4 volumes: 1 done, 3 left out: {BY_VOXELS} (2), {BY_NAME} (1)"
    assert line in capsys.readouterr().out and line in (out / "summary.html").read_text()
    assert [path.name for path in out.rglob("*.nii.gz")] == ["sub-01_T2w_thin.nii.gz"]
    assert len(list((out / STATE / "done").iterdir())) == 1


@pytest.mark.parametrize("acknowledge", [False, True])
@pytest.mark.parametrize("slabs", ["never", "always"])
def test_a_worker_finds_a_label_map_and_writes_nothing(
    tree: Path, tmp_path: Path, slabs: SlabsWanted, acknowledge: bool
) -> None:
    settings = Settings(Request(0, 2, "cubic"), None, None, "float32", acknowledge, slabs)
    place = BatchFolder(tmp_path / "out", "one")
    for name in ("sub-02_brain.nii", "sub-03_lesion.nii.gz"):
        (item,) = run(select([tree / name], thin_too=False)).items
        outcome = run(reconstructing(item, settings, place))
        assert (outcome.status, outcome.reason, outcome.values) == ("left out", BY_VOXELS, {})
        assert "unlike a scan" in outcome.message
        assert not place.record(item.output).exists()
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    # Beside the logs only the records of which name belongs to which source.
    assert [path.suffix for path in files if STATE not in path.parts] == [".log"] * 2


def test_a_folder_of_masks_alone_is_nothing_done(call: Call, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "masks").mkdir()
    shutil.copy(tree / "sub-01_desc-brain_mask.nii", tmp_path / "masks")
    status, said = call("batch", tmp_path / "masks", "-o", tmp_path / "out", "--workers", "1")
    assert status == 1 and "The one volume was not reconstructed" in said and "mask" in said


def test_of_a_folder_the_scan_is_taken_also_where_only_voxels_tell(
    call: Call, tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "both").mkdir()
    shutil.copy(tree / "sub-02_brain.nii", tmp_path / "both" / "a.nii")
    shutil.copy(tree / "sub-01_T2w.nii", tmp_path / "both" / "b.nii")
    status, made = call("reconstruct", tmp_path / "both", "-o", tmp_path / "o.nii.gz", *CUBIC)
    assert status == 0 and made["sources"] == ["b.nii"]


@pytest.mark.parametrize("name", ["sub-01_desc-brain_mask.nii", "sub-02_brain.nii"])
def test_a_single_one_is_rebuilt_only_when_it_is_acknowledged(
    call: Call, tree: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "out.nii.gz"
    status, said = call("reconstruct", tree / name, "-o", out, *CUBIC)
    assert status == 1 and "mask or label map" in said and "--acknowledge" in said
    assert not out.exists()
    status, told = call("reconstruct", tree / name, "-o", out, *CUBIC, "--acknowledge")
    assert status == 0 and out.exists()
    assert set(told["acknowledged"]) & {"segmentation", "label_like"}


def test_of_a_folder_the_scan_is_rebuilt(call: Call, tree: Path, tmp_path: Path) -> None:
    status, told = call("reconstruct", tree, "-o", tmp_path / "out.nii.gz", *CUBIC)
    assert status == 0 and told["acknowledged"] == []


def test_the_headers_tell_info(call: Call, tree: Path) -> None:
    _, told = call("info", tree / "sub-01_desc-brain_mask.nii")
    assert [one["code"] for one in told["series"][0]["warnings"]] == ["segmentation"]
    _, told = call("info", tree / "sub-02_brain.nii", "--voxels")
    assert [one["code"] for one in told["series"][0]["warnings"]] == ["label_like"]


@pytest.fixture
def trained(call: Call, tmp_path: Path) -> Callable[..., tuple[int, Any]]:
    plan = tmp_path / "plan.json"
    small = {"width": 4, "blocks": 1, "neighbours": 0, "rows": 6, "columns": 12, "batch": 2}
    plan.write_text(json.dumps({"preset": "fast", **small}))
    options = (
        "--plan",
        plan,
        "--factors",
        2,
        "--steps",
        2,
        "--device",
        "cpu",
        "-o",
        tmp_path / "m.safetensors",
    )

    def train(*paths: object) -> tuple[int, Any]:
        return call("train", *paths, *options)

    return train


def test_training_learns_from_and_measures_on_scans_alone(
    trained: Callable[..., tuple[int, Any]], thin_tree: Path, thin_file: Path, head: Volume
) -> None:
    mask = _save((head.voxels > 200).astype(np.int16), head, thin_file.parent / "thin_roi.nii.gz")
    status, told = trained(thin_tree, "--validation", thin_file, mask)
    assert status == 0, told
    assert told["plan"]["train"] == ["sub-01_T2w"]
    assert told["plan"]["validation"] == ["head"]
    assert told["left_out"] == {BY_VOXELS: 3, BY_NAME: 1}


def test_a_mask_is_nobody_who_is_on_both_sides(
    trained: Callable[..., tuple[int, Any]], thin_tree: Path, head: Volume, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    _save(np.asarray(head.voxels), head, other / "sub-09_T2w.nii")
    _save((head.voxels > 500).astype(np.uint8), head, other / "sub-01_seg.nii")
    status, told = trained(thin_tree, "--validation", other)
    assert status == 0, told
    assert told["plan"]["validation"] == ["sub-09_T2w"]


@pytest.mark.parametrize("side", ["train", "validation"])
def test_nothing_but_masks_is_refused(
    trained: Callable[..., tuple[int, Any]], thin_tree: Path, thin_file: Path, side: str
) -> None:
    masks = [thin_tree / "sub-01_desc-brain_mask.nii", thin_tree / "sub-02_brain.nii"]
    paths = [*masks, "--validation", thin_file] if side == "train" else []
    paths = paths or [thin_file, "--validation", *masks]
    status, said = trained(*paths)
    assert status == 1
    assert "There is no scan in what these 2 paths hold" in said and BY_NAME in said


def test_scores_are_of_scans_alone(call: Call, thin_tree: Path) -> None:
    scan, mask = thin_tree / "sub-01_T2w.nii", thin_tree / "sub-02_brain.nii"
    asked = ("--factors", 2, "--axes", "k", "--methods", "cubic")
    status, told = call("evaluate", scan, mask, *asked)
    assert status == 0 and told["left_out"] == {BY_VOXELS: 1}
    assert {row["file"] for row in told["rows"]} == {"sub-01_T2w"}
    status, said = call("evaluate", mask, *asked)
    assert status == 1 and "is not evaluated" in said and "unlike a scan" in said


@pytest.mark.parametrize("name", ["sub-01_desc-brain_mask.nii", "sub-02_brain.nii"])
def test_a_mask_is_not_tested(call: Call, tree: Path, name: str) -> None:
    status, said = call("self-test", tree / name, *CUBIC)
    assert status == 1 and "is not tested" in said and "Give a scan." in said


def test_a_mask_is_thickened_only_when_it_is_acknowledged(
    call: Call, thin_tree: Path, tmp_path: Path
) -> None:
    out = tmp_path / "thick.nii.gz"
    asked = ("simulate", thin_tree / "sub-02_brain.nii", "-o", out, "--factor", 2)
    status, said = call(*asked)
    assert status == 1 and "--acknowledge" in said and not out.exists()
    assert call(*asked, "--acknowledge")[0] == 0 and out.exists()


def test_masks_may_be_compared_and_go_along(call: Call, tree: Path, tmp_path: Path) -> None:
    scan, mask = tree / "sub-01_T2w.nii", tree / "sub-01_desc-brain_mask.nii"
    assert call("compare", mask, mask)[0] == 0
    along = ("--labels", mask, "-o-labels", tmp_path / "l.nii.gz", "--lock", mask)
    assert call("reconstruct", scan, "-o", tmp_path / "o.nii.gz", *CUBIC, *along)[0] == 0
