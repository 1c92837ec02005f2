"""The names of results in a batch: each belongs to one source, and never changes later."""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.batch.items import select
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.summary import summary_path, write_summary
from srviewer.sr.batch.work import reconstructing
from srviewer.sr.requests.request import Request

LINEAR = Settings(Request(0, 2, "linear"), None, None, "float32", acknowledge=False)
FIXTURES = Path(__file__).parents[2] / "fixtures" / "version-0.1.0"


@pytest.fixture
def study(thick_head: Volume, tmp_path: Path) -> Path:
    """One scan of one name for each of three people."""
    for number, person in enumerate("abc"):
        path = tmp_path / "study" / person / "T2.nii.gz"
        path.parent.mkdir(parents=True)
        voxels = thick_head.voxels + np.float32(number)
        nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), path)
    return tmp_path / "study"


def batch(paths: Sequence[Path], out: Path, settings: Settings = LINEAR) -> list[VolumeOutcome]:
    place = BatchFolder(out, os.urandom(4).hex())
    return [
        run(reconstructing(i, settings, place)) for i in run(select(paths, thin_too=False)).items
    ]


def names(outcomes: Sequence[VolumeOutcome]) -> list[str]:
    assert all(one.status in ("done", "done before") for one in outcomes), outcomes
    return [str(one.output) for one in outcomes]


def digits(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def first_voxel(path: Path) -> float:
    return float(run(read(path)).voxels[0, 0, 0])


def test_two_people_of_one_name_one_after_the_other(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert names(batch([study / "a"], out)) == ["T2_thin.nii.gz"]
    before = (out / "T2_thin.nii.gz").read_bytes(), (out / "T2_thin.json").read_bytes()
    (second,) = batch([study / "b"], out)
    name = f"T2_thin-{digits(study / 'b' / 'T2.nii.gz')}.nii.gz"
    assert names([second]) == [name] and name in second.message
    assert (out / "T2_thin.nii.gz").read_bytes() == before[0]
    assert (out / "T2_thin.json").read_bytes() == before[1]
    # Named from further up, both keep what they have.
    both = batch([study / "a", study / "b"], out)
    assert names(both) == ["T2_thin.nii.gz", name]
    assert [one.status for one in both] == ["done before"] * 2
    assert [one.source for one in both] == ["a/T2.nii.gz", "b/T2.nii.gz"]


def test_one_who_joins_later_moves_nobody(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    scans = [study / person / "T2.nii.gz" for person in "abc"]
    assert names(batch([scans[0], scans[2]], out)) == ["a/T2_thin.nii.gz", "c/T2_thin.nii.gz"]
    assert names(batch(scans, out)) == [f"{person}/T2_thin.nii.gz" for person in "abc"]
    for number, person in enumerate("abc"):
        result = out / person / "T2_thin.nii.gz"
        assert first_voxel(result) == pytest.approx(first_voxel(scans[number]), abs=0.2)


def test_what_is_given_twice_is_done_once(study: Path, tmp_path: Path) -> None:
    out, scan = tmp_path / "out", study / "a" / "T2.nii.gz"
    assert names(batch([study / "a", scan, study / "b" / ".." / "a" / "T2.nii.gz"], out)) == [
        "T2_thin.nii.gz"
    ]


def test_two_scans_of_one_name_in_one_folder(study: Path, tmp_path: Path) -> None:
    """T2.nii and T2.nii.gz lead to one name."""
    out, packed = tmp_path / "out", study / "a" / "T2.nii.gz"
    other = study / "a" / "T2.nii"
    nib.save(nib.load(study / "b" / "T2.nii.gz"), other)
    found = names(batch([study / "a"], out))
    assert found == ["T2_thin.nii.gz", f"T2_thin-{digits(packed)}.nii.gz"]
    assert names(batch([packed], out)) == found[1:]
    assert names(batch([study / "a"], out)) == found


def test_copies_of_one_scan_have_a_result_each(study: Path, tmp_path: Path) -> None:
    shutil.copy(study / "a" / "T2.nii.gz", study / "b" / "T2.nii.gz")
    assert names(batch([study / "a", study / "b"], tmp_path / "out")) == [
        "a/T2_thin.nii.gz",
        "b/T2_thin.nii.gz",
    ]


@pytest.mark.parametrize("there", ["T2_thin.nii.gz", "T2_thin.json", "both"])
def test_foreign_files_in_the_output_folder_are_kept(
    study: Path, tmp_path: Path, there: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("T2_thin.nii.gz", "T2_thin.json"):
        if there in (name, "both"):
            (out / name).write_bytes(b'{"RepetitionTime": 2}')
    before = {path: path.read_bytes() for path in out.iterdir()}
    name = f"T2_thin-{digits(study / 'a' / 'T2.nii.gz')}.nii.gz"
    assert names(batch([study / "a"], out)) == [name]
    (out / name).unlink()
    (out / name).write_bytes(b"foreign")
    # Not even that name is free now.
    again = batch([study / "a"], out, replace(LINEAR, request=Request(0, 2, "nearest")))
    whole = hashlib.sha256((study / "a" / "T2.nii.gz").read_bytes()).hexdigest()
    assert names(again) == [f"T2_thin-{whole[:16]}.nii.gz"]
    assert (out / name).read_bytes() == b"foreign"
    assert {path: path.read_bytes() for path in before} == before


def test_overwriting_is_for_those_who_mean_it(study: Path, tmp_path: Path) -> None:
    out, meant = tmp_path / "out", replace(LINEAR, overwrite=True)
    assert names(batch([study / "a"], out)) == ["T2_thin.nii.gz"]
    assert names(batch([study / "b"], out, meant)) == ["T2_thin.nii.gz"]
    assert first_voxel(out / "T2_thin.nii.gz") == pytest.approx(
        first_voxel(study / "b" / "T2.nii.gz"), abs=0.2
    )
    # Whose name it was before must take another one now.
    assert names(batch([study / "a"], out)) == [
        f"T2_thin-{digits(study / 'a' / 'T2.nii.gz')}.nii.gz"
    ]


def test_records_of_the_first_version_are_known(tmp_path: Path) -> None:
    """What it did is not done again; what it cannot say of its source is not replaced."""
    out = tmp_path / "out"
    shutil.copytree(FIXTURES / "batch", out)
    before = (out / "scan_thin.nii.gz").read_bytes()
    cubic = replace(LINEAR, request=Request(0, 2, "cubic"))
    (outcome,) = batch([FIXTURES / "scan.nii.gz"], out, cubic)
    assert (outcome.status, str(outcome.output)) == ("done before", "scan_thin.nii.gz")
    name = f"scan_thin-{digits(FIXTURES / 'scan.nii.gz')}.nii.gz"
    assert names(batch([FIXTURES / "scan.nii.gz"], out)) == [name]
    assert (out / "scan_thin.nii.gz").read_bytes() == before


def test_records_of_the_unreleased_version_are_known(tmp_path: Path) -> None:
    out, written = tmp_path / "out", FIXTURES.with_name("unreleased-2026-11")
    shutil.copytree(written / "batch", out)
    scan, asked = written / "study" / "scan.nii.gz", replace(LINEAR, factor=4)
    (outcome,) = batch([scan], out, asked)
    assert (outcome.status, str(outcome.output)) == ("done before", "scan_thin.nii.gz")
    (before,) = json.loads((written / "batch.json").read_text(encoding="utf-8"))["volumes"]
    assert outcome.values == before["values"]


def test_pages_of_others_are_kept(tmp_path: Path) -> None:
    assert summary_path(tmp_path) == tmp_path / "summary.html"
    write_summary(summary_path(tmp_path), [])
    assert summary_path(tmp_path) == tmp_path / "summary.html"
    (tmp_path / "summary.html").write_text("<title>quality report</title>")
    assert summary_path(tmp_path) == tmp_path / "srviewer-summary.html"


def test_records_find_the_scan_and_results_do_not_tell_where_it_lies(
    study: Path, tmp_path: Path
) -> None:
    out, scan = tmp_path / "out", study / "a" / "T2.nii.gz"
    (outcome,) = batch([study], out)[:1]
    assert outcome.output is not None
    text = (out / outcome.output).with_name("T2_thin.json").read_text()
    assert str(tmp_path) not in text
    assert json.loads(text)["provenance"]["sources"] == ["a/T2.nii.gz"]
    (record,) = (
        json.loads(path.read_text())
        for path in (out / ".srviewer-batch" / "done").iterdir()
        if json.loads(path.read_text())["output"] == str(outcome.output)
    )
    assert record["paths"] == [str(scan)]


def test_overwriting_spares_others_where_the_scan_has_a_name(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch([study / "a"], out)
    before = (out / "T2_thin.nii.gz").read_bytes()
    (own,) = names(batch([study / "b"], out))
    nearest = replace(LINEAR, request=Request(0, 2, "nearest"), overwrite=True)
    assert names(batch([study / "b"], out, nearest)) == [own]
    assert (out / "T2_thin.nii.gz").read_bytes() == before


def test_names_outlive_the_records(study: Path, tmp_path: Path) -> None:
    """Tools that copy folders pass over those that begin with a dot."""
    out, first = tmp_path / "out", study / "a" / "T2.nii.gz"
    batch([first], out)
    nib.save(nib.load(study / "b" / "T2.nii.gz"), study / "a" / "T2.nii")  # comes first from now on
    found = names(batch([study / "a"], out))
    shutil.rmtree(out / ".srviewer-batch")
    assert names(batch([study / "a"], out)) == found
    assert sorted(path.name for path in out.glob("*.nii.gz")) == sorted(found)


def test_a_folder_of_scans_that_was_moved_is_done(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch([study / "a"], out)
    found = names(batch([study / "b"], out))
    moved = tmp_path / "moved"
    study.rename(moved)
    (again,) = batch([moved / "b"], out)
    assert again.status == "done before" and names([again]) == found


@pytest.mark.parametrize("claim", ["", "{", "[]", '{"source_sha256": 7}'])
def test_a_damaged_claim_is_nobodys(study: Path, tmp_path: Path, claim: str) -> None:
    """A full disk, or a kill while it was written."""
    out = tmp_path / "out"
    batch([study / "a"], out)
    shutil.rmtree(out / ".srviewer-batch" / "given")
    shutil.rmtree(out / ".srviewer-batch" / "done")
    (path,) = (out / ".srviewer-batch" / "names").iterdir()
    path.write_text(claim)
    assert names(batch([study / "a"], out)) == ["T2_thin.nii.gz"]
    assert names(batch([study / "b"], out)) != ["T2_thin.nii.gz"]


@pytest.mark.parametrize("json_left", ["", '{"RepetitionTime": 2}'])
def test_a_result_without_its_json_is_not_done(study: Path, tmp_path: Path, json_left: str) -> None:
    out = tmp_path / "out"
    batch([study / "a"], out)
    beside = out / "T2_thin.json"
    beside.unlink()
    if json_left:
        beside.write_text(json_left)
    (again,) = batch([study / "a"], out)
    assert again.status == "done"
    assert not json_left or beside.read_text() == json_left


def test_files_in_the_place_of_folders_refuse_nobody(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("a", "logs"):
        (out / name).write_text("mine")
    for name in ("summary.html", "srviewer-summary.html"):
        (out / name).mkdir()
    found = names(batch([study / "a", study / "b"], out))
    assert found[1] == "b/T2_thin.nii.gz" and "/" not in found[0]
    assert all((out / name).is_file() for name in found)
    assert summary_path(out) == out / "srviewer-2-summary.html"
    assert (out / "a").read_text() == (out / "logs").read_text() == "mine"


def test_links_to_what_is_not_there_are_kept(study: Path, tmp_path: Path) -> None:
    """Data sets keep large files elsewhere, and drop them when room is short."""
    out = tmp_path / "out"
    out.mkdir()
    for name in ("T2_thin.nii.gz", "T2_thin.json"):
        (out / name).symlink_to(tmp_path / "annex" / name)
    found = names(batch([study / "a"], out))
    assert found == [f"T2_thin-{digits(study / 'a' / 'T2.nii.gz')}.nii.gz"]
    assert (out / "T2_thin.nii.gz").is_symlink() and (out / "T2_thin.json").is_symlink()
