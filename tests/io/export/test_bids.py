"""Results in a BIDS data set: named and described by its rules."""

import hashlib
import json
from pathlib import Path

import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.bids import (
    BidsName,
    derivative_path,
    given_name,
    name_of,
    write_derivative,
)
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import run


def test_a_name_is_read_and_its_entities_keep_their_order() -> None:
    name = name_of(Path("sub-01_ses-pre_acq-thick_run-2_T2w.nii.gz"))
    assert name is not None
    assert derivative_path(Path("d"), name) == Path(
        "d/derivatives/srviewer/sub-01/ses-pre/anat/"
        "sub-01_ses-pre_acq-thick_run-2_desc-sr_T2w.nii.gz"
    )
    mixed = BidsName({"run": "1", "sub": "a", "desc": "old", "ses": "b"}, "FLAIR").derived()
    assert mixed.stem == "sub-a_ses-b_run-1_desc-sr_FLAIR"


@pytest.mark.parametrize(
    "name", ["scan.nii.gz", "sub-01.nii", "T1w_sub-01.nii", "sub-0 1_T1w.nii", "sub-01_T1w.json"]
)
def test_other_names_tell_nothing(name: str) -> None:
    assert name_of(Path(name)) is None


def test_a_derivative_lies_beside_its_data_and_says_what_it_is(
    head: Volume, tmp_path: Path
) -> None:
    source = tmp_path / "sub-01" / "anat" / "sub-01_T2w.nii.gz"
    source.parent.mkdir(parents=True)
    run(write_image(head, source, {}))
    before = source.read_bytes()
    name = name_of(source)
    assert name is not None
    result = run(read(source))
    for _ in range(2):  # a second run replaces the first
        provenance = {"axis": "k", "model_sha256": "ab"}
        path = run(write_derivative(result, tmp_path, name, source, provenance))
    assert path == derivative_path(tmp_path, name)
    assert run(read(path)).geometry.matches(head.geometry)
    beside = json.loads(path.with_name("sub-01_desc-sr_T2w.json").read_text())
    assert beside["Sources"] == ["bids:raw:sub-01/anat/sub-01_T2w.nii.gz"]
    assert beside["SpatialReference"] == beside["Sources"][0]
    assert beside["GeneratedBy"][0]["Name"] == "srviewer"
    assert beside["Resolution"] == "1 x 1 x 1 mm, refined along k"
    assert beside["provenance"]["model_sha256"] == "ab" and beside["written_utc"]
    assert beside["provenance"]["sources"] == ["sub-01_T2w.nii.gz"]
    assert beside["provenance"]["sources_sha256"] == [hashlib.sha256(before).hexdigest()]
    assert "Research use only" in beside["Description"]
    described = json.loads((tmp_path / "derivatives/srviewer/dataset_description.json").read_text())
    assert described["DatasetType"] == "derivative" and described["BIDSVersion"]
    assert described["DatasetLinks"] == {"raw": "../.."}
    assert source.read_bytes() == before


def test_of_a_scan_from_elsewhere_only_its_name_is_told(head: Volume, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    source = tmp_path / "elsewhere" / "scan.nii"
    name = given_name("sub-7", "T1w")
    path = run(write_derivative(head, tmp_path / "data", name, source, {}))
    assert path.name == "sub-7_desc-sr_T1w.nii.gz"
    assert json.loads(path.with_name("sub-7_desc-sr_T1w.json").read_text())["Sources"] == [
        "scan.nii"
    ]


@pytest.mark.parametrize(("subject", "contrast"), [("a b", "T1w"), ("", "T1w"), ("01", "T9w")])
def test_labels_that_bids_does_not_allow(subject: str, contrast: str) -> None:
    with pytest.raises(UserError):
        given_name(subject, contrast)


def test_what_other_software_made_is_left_alone(head: Volume, tmp_path: Path) -> None:
    folder = tmp_path / "derivatives" / "srviewer"
    folder.mkdir(parents=True)
    (folder / "dataset_description.json").write_text('{"GeneratedBy": [{"Name": "other"}]}')
    with pytest.raises(UserError, match="not written by srviewer"):
        run(write_derivative(head, tmp_path, given_name("1", "T1w"), Path("a.nii"), {}))
    assert [path.name for path in folder.iterdir()] == ["dataset_description.json"]


def test_a_data_set_that_is_not_there(head: Volume, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        run(write_derivative(head, tmp_path / "no", given_name("1", "T1w"), Path("a.nii"), {}))
