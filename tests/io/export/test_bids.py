"""Results in a BIDS data set: named and described by its rules."""

import hashlib
import json
from pathlib import Path

import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.bids.derivative import data_set_links, describe
from srviewer.io.bids.names import (
    BidsName,
    check_complete,
    chosen_entities,
    given_name,
    name_of,
)
from srviewer.io.export.bids import derivative_path, write_derivative
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
        path, remark = run(write_derivative(result, tmp_path, name, source, provenance))
    assert path == derivative_path(tmp_path, name)
    assert run(read(path)).geometry.matches(head.geometry)
    beside = json.loads(path.with_name("sub-01_desc-sr_T2w.json").read_text())
    assert beside["Sources"] == ["bids:raw:sub-01/anat/sub-01_T2w.nii.gz"]
    assert beside["SpatialReference"] == beside["Sources"][0]
    assert beside["GeneratedBy"][0]["Name"] == "srviewer"
    assert beside["Resolution"] == "1 x 1 x 1 mm, refined along k"
    assert beside["SkullStripped"] is False and "Not certain" in beside["SkullStrippedBasis"]
    assert beside["SkullStrippedBasis"] in remark  # no scan was given, and no sidecar says it
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
    path, _ = run(write_derivative(head, tmp_path / "data", name, source, {}))
    assert path.name == "sub-7_desc-sr_T1w.nii.gz"
    assert json.loads(path.with_name("sub-7_desc-sr_T1w.json").read_text())["Sources"] == [
        "scan.nii"
    ]


def test_entities_of_results_are_chosen_and_checked() -> None:
    name = given_name("1", "MEGRE").naming(chosen_entities("res-1mm, echo-2"))
    check_complete(name)
    assert name.derived().stem == "sub-1_echo-2_res-1mm_desc-sr_MEGRE"
    with pytest.raises(UserError, match="needs echo-"):
        check_complete(given_name("1", "MEGRE"))
    for text in ("res", "res-a.b", "sub-2", "label-GM", "res-"):
        with pytest.raises(UserError, match="no entity of BIDS"):
            chosen_entities(text)


def test_a_description_is_made_once_and_gets_links_that_it_lacks(tmp_path: Path) -> None:
    raw = [tmp_path / name for name in ("a", "b")]
    for root in raw:
        root.mkdir()
    authors = {"Name": "a", "Authors": ["A", "B"], "License": "CC0", "DatasetDOI": "doi:10.1/a"}
    (raw[0] / "dataset_description.json").write_text(json.dumps(authors))
    out = tmp_path / "out"
    out.mkdir()
    (out / ".bidsignore").write_text("mine")
    describe(out, data_set_links(out, raw[:1]))
    first = json.loads((out / "dataset_description.json").read_text())
    assert (first["Authors"], first["License"]) == (["A", "B"], "CC0")
    assert first["SourceDatasets"] == [{"URL": "bids:raw:", "DOI": "doi:10.1/a"}]
    (out / "README").write_text("mine")
    links = data_set_links(out, raw[::-1])
    assert [link.name for link in links] == ["raw2", "raw"]
    describe(out, links, ("logs/",))
    second = json.loads((out / "dataset_description.json").read_text())
    assert second["DatasetLinks"] == {"raw": "../a", "raw2": "../b"}
    assert {**second, "SourceDatasets": 0, "DatasetLinks": 0} == {
        **first, "SourceDatasets": 0, "DatasetLinks": 0,
    }  # fmt: skip
    assert second["SourceDatasets"] == [*first["SourceDatasets"], {"URL": "bids:raw2:"}]
    assert (out / "README").read_text() == "mine"
    assert (out / ".bidsignore").read_text() == "mine\nlogs/\n"
    (out / "dataset_description.json").write_text("{}")  # of another program
    describe(out, links, ("summary.html",))
    assert (out / "dataset_description.json").read_text() == "{}"
    assert (out / ".bidsignore").read_text() == "mine\nlogs/\n"


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


def test_an_entity_has_one_label() -> None:
    with pytest.raises(UserError, match="two labels of one entity"):
        chosen_entities("desc-a,desc-b")
    assert chosen_entities("res-1mm,res-1mm") == {"desc": "sr", "res": "1mm"}
