"""A script that reads the name that it gave never reads another person's result there."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume


@pytest.fixture
def bert(thick_head: Volume, tmp_path: Path) -> Path:
    """Another person's scan, on the same grid and of the same name as ``thick_file``."""
    path = tmp_path / "bert" / "thick.nii.gz"
    path.parent.mkdir()
    voxels = np.asarray(thick_head.voxels)[::-1]
    nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), path)
    return path


def rebuilt(scan: Path, *words: str | Path) -> int:
    return main(["reconstruct", str(scan), "--method", "linear", *map(str, words)])


def test_reconstruct_refuses_before_it_works(
    thick_file: Path, bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "o.nii.gz"
    assert rebuilt(thick_file, "-o", out) == 0
    before = out.read_bytes(), out.with_name("o.json").read_bytes()
    capsys.readouterr()
    assert rebuilt(bert, "-o", out) == 1
    told = capsys.readouterr().err
    assert "was made from another scan ('thick.nii.gz', SHA-256 " in told and "--overwrite" in told
    assert (out.read_bytes(), out.with_name("o.json").read_bytes()) == before
    assert rebuilt(thick_file, "-o", out, "--factor", "2") == 0  # the same scan, reconstructed anew
    assert rebuilt(bert, "-o", out, "--slabs", "always") == 1
    assert rebuilt(bert, "-o", out, "--overwrite") == 0
    assert rebuilt(thick_file, "-o", out) == 1


def test_maps_reports_and_json_are_replaced(thick_file: Path, bert: Path, tmp_path: Path) -> None:
    others = ["--residual", tmp_path / "map.nii.gz", "--json", tmp_path / "told.json"]
    assert rebuilt(thick_file, "-o", tmp_path / "a.nii.gz", *others) == 0
    before = (tmp_path / "map.nii.gz").read_bytes()
    assert rebuilt(bert, "-o", tmp_path / "b.nii.gz", *others) == 0
    assert (tmp_path / "map.nii.gz").read_bytes() != before


def test_a_bids_name_that_another_scan_has_is_refused(
    thick_file: Path, bert: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    words = ["--bids", tmp_path / "data", "--subject", "01", "--contrast", "T2w"]
    assert rebuilt(thick_file, *words) == 0
    assert rebuilt(bert, *words) == 1
    assert rebuilt(bert, *words, "--overwrite") == 0


def test_simulate_refuses_too(head: Volume, tmp_path: Path) -> None:
    for name, voxels in (("anna.nii", head.voxels), ("bert.nii", head.voxels[::-1])):
        nib.save(nib.Nifti1Image(np.asarray(voxels), head.geometry.affine), tmp_path / name)

    def simulated(name: str, *words: str) -> int:
        out = str(tmp_path / "thick.nii.gz")
        return main(["simulate", str(tmp_path / name), "-o", out, "--axis", "k", *words])

    assert simulated("anna.nii") == 0
    before = (tmp_path / "thick.nii.gz").read_bytes()
    assert simulated("bert.nii") == 1
    assert (tmp_path / "thick.nii.gz").read_bytes() == before
    assert simulated("anna.nii", "--seed", "1") == 0
    assert simulated("bert.nii", "--overwrite") == 0


def test_the_labels_of_another_reader_are_kept(
    thick_file: Path, thick_head: Volume, tmp_path: Path
) -> None:
    """Two label maps of one scan: the result of a label map is made from that file."""
    readers = [tmp_path / "reader1.nii", tmp_path / "reader2.nii"]
    for number, path in enumerate(readers):
        drawn = (thick_head.voxels > 300 + 200 * number).astype(np.uint8)
        nib.save(nib.Nifti1Image(drawn, thick_head.geometry.affine), path)
    out, labels = tmp_path / "o.nii.gz", tmp_path / "labels.nii.gz"
    words = ["-o", out, "-o-labels", labels, "--factor", "2"]
    assert rebuilt(thick_file, *words, "--labels", readers[0]) == 0
    before = labels.read_bytes()
    assert rebuilt(thick_file, *words, "--labels", readers[1]) == 1
    assert rebuilt(thick_file, "-o", labels) == 1
    assert labels.read_bytes() == before
    made = json.loads((tmp_path / "labels.json").read_text())["provenance"]
    assert made["sources"] == ["reader1.nii"] and made["method"] == "linear"


def test_sources_are_named_below_what_was_given(thick_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.nii.gz"
    page = tmp_path / "page.html"
    assert rebuilt(thick_file, "-o", out, "--report", page, "--json", tmp_path / "told.json") == 0
    made = json.loads((tmp_path / "o.json").read_text())["provenance"]
    assert made["sources"] == ["thick.nii.gz"] and made["sources_sha256"] == [made["source_sha256"]]
    for path in (tmp_path / "o.json", page):
        text = path.read_text()
        assert str(tmp_path) not in text and made["source_sha256"] in text
    assert json.loads((tmp_path / "told.json").read_text())["sources"] == ["thick.nii.gz"]


def test_the_region_of_another_scan_locks_nothing(
    thick_file: Path, bert: Path, thick_head: Volume, tmp_path: Path
) -> None:
    """A whole scan instead of a mask, and a mask that lies elsewhere."""
    moved = thick_head.geometry.affine.copy()
    moved[2, 3] += 2
    mask = (thick_head.voxels > 300).astype(np.uint8)
    nib.save(nib.Nifti1Image(mask, moved), tmp_path / "moved.nii")
    whole = np.ones(mask.shape, np.uint8)
    nib.save(nib.Nifti1Image(whole, thick_head.geometry.affine), tmp_path / "whole.nii")
    nib.save(nib.Nifti1Image(mask, thick_head.geometry.affine), tmp_path / "mask.nii")
    words = ["--factor", "2", "-o", tmp_path / "o.nii.gz", "--lock"]
    assert rebuilt(thick_file, *words, tmp_path / "moved.nii") == 1
    assert rebuilt(thick_file, *words, tmp_path / "whole.nii") == 1
    assert rebuilt(thick_file, *words, tmp_path / "mask.nii") == 0
