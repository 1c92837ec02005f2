"""A result never takes the place of one that was made from another scan."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.export.replacing import WouldReplace
from srviewer.io.formats import read
from srviewer.job import run

AFFINE = np.diag((1.0, 1.0, 4.0, 1.0))


def scan_of(path: Path, shift: int) -> Volume:
    """A scan as another program writes it, read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    voxels = np.arange(120, dtype=np.int16).reshape(6, 5, 4) + np.int16(shift)
    nib.save(nib.Nifti1Image(voxels, AFFINE), path)
    return run(read(path))


@pytest.fixture
def anna(tmp_path: Path) -> Volume:
    return scan_of(tmp_path / "anna" / "T2.nii.gz", 0)


@pytest.fixture
def bert(tmp_path: Path) -> Volume:
    return scan_of(tmp_path / "bert" / "T2.nii.gz", 500)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("o.*")}


@pytest.mark.parametrize("name", ["o.nii.gz", "o.nii"])
def test_another_scan_is_refused_and_the_same_one_replaced(
    anna: Volume, bert: Volume, tmp_path: Path, name: str
) -> None:
    run(write_image(anna, tmp_path / "o.nii.gz", {"run": 1}))
    before = contents(tmp_path)
    with pytest.raises(WouldReplace, match=r"was made from another scan \('T2\.nii\.gz', SHA-256 "):
        run(write_image(bert, tmp_path / name, {}))
    assert contents(tmp_path) == before
    run(write_image(anna, tmp_path / "o.nii.gz", {"run": 2}))
    assert json.loads((tmp_path / "o.json").read_text())["provenance"]["run"] == 2
    run(write_image(bert, tmp_path / "o.nii.gz", {}, overwrite=True))
    assert np.array_equal(run(read(tmp_path / "o.nii.gz")).voxels, bert.voxels)


def test_two_images_of_one_scan_do_not_share_a_json(anna: Volume, tmp_path: Path) -> None:
    run(write_image(anna, tmp_path / "o.nii", {}))
    with pytest.raises(WouldReplace, match=r"o\.json' is there already and belongs to 'o\.nii'"):
        run(write_image(anna, tmp_path / "o.nii.gz", {}))


def test_an_image_of_another_program_is_refused(anna: Volume, tmp_path: Path) -> None:
    scan_of(tmp_path / "o.nii.gz", 9)
    with pytest.raises(WouldReplace, match="not written by srviewer"):
        run(write_image(anna, tmp_path / "o.nii.gz", {}))
    assert not (tmp_path / "o.json").exists()


def test_an_image_that_its_json_does_not_describe_is_refused(
    anna: Volume, bert: Volume, tmp_path: Path
) -> None:
    run(write_image(anna, tmp_path / "o.nii.gz", {}))
    run(write_image(bert, tmp_path / "p.nii.gz", {}))
    (tmp_path / "p.nii.gz").replace(tmp_path / "o.nii.gz")
    with pytest.raises(WouldReplace, match="is not the image that the JSON beside it describes"):
        run(write_image(anna, tmp_path / "o.nii.gz", {}))


def test_a_json_alone_counts_as_the_result(anna: Volume, bert: Volume, tmp_path: Path) -> None:
    run(write_image(anna, tmp_path / "o.nii.gz", {}))
    (tmp_path / "o.nii.gz").unlink()
    with pytest.raises(WouldReplace, match="another scan"):
        run(write_image(bert, tmp_path / "o.nii.gz", {}))
    run(write_image(anna, tmp_path / "o.nii.gz", {}))


@pytest.mark.parametrize(
    "change",
    [
        {"source_sha256": None},
        {"source_sha256": "anna"},
        {"source_sha256": 7},
        {"source_sha256": ["a"]},
        {"sources": {"a": 1}, "source_sha256": "0" * 64},
    ],
)
def test_a_json_with_values_of_other_kinds_is_refused(
    anna: Volume, tmp_path: Path, change: dict[str, object]
) -> None:
    run(write_image(anna, tmp_path / "o.nii.gz", {}))
    beside = tmp_path / "o.json"
    document = json.loads(beside.read_text())
    document["provenance"] |= change
    beside.write_text(json.dumps(document))
    with pytest.raises(WouldReplace):
        run(write_image(anna, tmp_path / "o.nii.gz", {}))


def test_a_result_of_the_first_version_is_kept(anna: Volume, tmp_path: Path) -> None:
    """Its JSON names its source by path alone, where anything may lie by now."""
    old = Path(__file__).parents[2] / "fixtures" / "version-0.1.0" / "batch"
    for name in ("scan_thin.nii.gz", "scan_thin.json"):
        (tmp_path / name).write_bytes((old / name).read_bytes())
    with pytest.raises(WouldReplace, match="does not say by content"):
        run(write_image(anna, tmp_path / "scan_thin.nii.gz", {}))


def test_what_comes_while_a_result_is_written_is_kept(
    anna: Volume, bert: Volume, tmp_path: Path
) -> None:
    job = write_image(anna, tmp_path / "o.nii.gz", {})
    next(job)
    run(write_image(bert, tmp_path / "o.nii.gz", {}))
    before = contents(tmp_path)
    with pytest.raises(UserError, match="was written by something else in the meantime"):
        run(job)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("moment", ["image", "json"])
def test_what_a_killed_program_left_half_replaced_is_mended(
    anna: Volume, tmp_path: Path, moment: str
) -> None:
    """Killed between the two renames: the JSON belongs to another image than the one beside it."""
    image, beside = tmp_path / "o.nii.gz", tmp_path / "o.json"
    run(write_image(anna.derived(anna.voxels + 1, anna.geometry, "other"), image, {"run": 1}))
    old = image.read_bytes(), beside.read_bytes()
    run(write_image(anna, image, {"run": 2}))
    if moment == "image":  # the new JSON waits under its temporary name
        beside.rename(tmp_path / ".srviewer-1a2b3c4d-o.json")
        beside.write_bytes(old[1])
    else:  # of the new pair only the image is left, and the second name of the old one
        (tmp_path / ".srviewer-1a2b3c4d-o.nii.gz").write_bytes(old[0])
        beside.write_bytes(old[1])
    run(write_image(anna, image, {"run": 3}))
    assert json.loads(beside.read_text())["provenance"]["run"] == 3
    assert np.array_equal(run(read(image)).voxels, anna.voxels)


def test_a_link_to_what_is_not_there_is_kept(anna: Volume, tmp_path: Path) -> None:
    for name in ("o.nii.gz", "o.json"):
        link = tmp_path / name
        link.symlink_to(tmp_path / "annex" / name)
        with pytest.raises(WouldReplace, match="is a link to a file that is not there"):
            run(write_image(anna, tmp_path / "o.nii.gz", {}))
        assert link.is_symlink()
        link.unlink()


def test_of_two_who_write_a_new_name_one_is_refused(
    anna: Volume, bert: Volume, tmp_path: Path
) -> None:
    """Both looked while nothing was there."""
    target = tmp_path / "o.nii.gz"
    jobs = [write_image(one, target, {}) for one in (anna, bert)]
    for job in jobs:
        next(job)
    run(jobs[0])
    before = contents(tmp_path)
    with pytest.raises(UserError, match="in the meantime"):
        run(jobs[1])
    assert contents(tmp_path) == before
