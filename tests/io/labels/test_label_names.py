"""Names and colours of labels are read from every place that can hold them, and from no other."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.core.regions.labels import LabelName
from srviewer.errors import UserError
from srviewer.io.labels.colour_tables import read_label_table
from srviewer.io.labels.label_names import names_with

ITK_SNAP = '# ITK-SnAP\n 0 0 0 0 0 0 0 "Clear Label"\n 2 255 0 10 1 1 1 "left lobe"\n'
FREESURFER = "# LUT\n0 No 0 0 0 0\n17 Left-Hippocampus 220 216 20 0\n\n9 Bad 300 0 0\n"
TSV = "index\tname\tabbreviation\tcolor\n0\tNo\tBG\t#000000\n1\tGrey\tGM\t#ff53bb\n3\tCSF\tCSF\n"
CARET = (
    '<CaretExtension><VolumeLabel><LabelTable><Label Key="0" Red="1" Green="1" Blue="1" Alpha="0">'
    '???</Label><Label Key="4" Red="0.5" Green="0" Blue="1" Alpha="1">V1 &amp; V2</Label>'
    '<Label Key="5"><![CDATA[MT <b>]]></Label></LabelTable></VolumeLabel></CaretExtension>'
)
AFNI = (
    '<AFNI_attributes><AFNI_atr atr_name="VALUE_LABEL_DTABLE">"&lt;VALUE_LABEL_DTABLE '
    "ni_type=&quot;2*String&quot;&gt;\n&quot;7&quot; &quot;Amygdala&quot;\n"
    '&lt;/VALUE_LABEL_DTABLE&gt;"</AFNI_atr></AFNI_attributes>'
)


@pytest.mark.parametrize(
    ("file", "content", "names"),
    [
        ("a.txt", ITK_SNAP, [LabelName(2, "left lobe", (255, 0, 10))]),
        (
            "LUT.txt",
            FREESURFER,
            [LabelName(17, "Left-Hippocampus", (220, 216, 20)), LabelName(9, "Bad")],
        ),
        ("a.tsv", TSV, [LabelName(1, "Grey", (255, 83, 187)), LabelName(3, "CSF")]),
        ("a.json", json.dumps({"labels": {"0": "none", "1": "liver"}}), [LabelName(1, "liver")]),
        ("a.json", json.dumps({"labels": {"none": 0, "liver": 1}}), [LabelName(1, "liver")]),
    ],
)
def test_tables_of_labels(tmp_path: Path, file: str, content: str, names: list[LabelName]) -> None:
    path = tmp_path / file
    path.write_text(content)
    assert list(read_label_table(path)) == names


@pytest.mark.parametrize(
    ("file", "content"),
    [("a.txt", "a letter\n"), ("a.tsv", ""), ("a.json", "[1"), ("a.json", "[]"), ("b.txt", None)],
)
def test_other_files_are_refused_with_what_is_expected(
    tmp_path: Path, file: str, content: str | None
) -> None:
    path = tmp_path / file
    if content is not None:
        path.write_text(content)
    with pytest.raises(UserError, match="ITK-SNAP"):
        read_label_table(path)


def _label_map(path: Path, code: int = 0, text: str = "", kind: type = nib.Nifti1Image) -> Path:
    image = kind(np.zeros((3, 3, 3), np.uint8), np.eye(4))
    if code:
        image.header.extensions.append(nib.nifti1.Nifti1Extension(code, text.encode()))
    nib.save(image, path)
    return path


def test_names_in_the_file_come_before_those_beside_it(tmp_path: Path) -> None:
    (tmp_path / "caret.txt").write_text(ITK_SNAP)
    for kind in (nib.Nifti1Image, nib.Nifti2Image):
        path = _label_map(tmp_path / "caret.nii.gz", 30, CARET, kind)
        assert list(names_with(path)) == [
            LabelName(4, "V1 & V2", (128, 0, 255)),
            LabelName(5, "MT <b>"),
        ]
    afni = _label_map(tmp_path / "afni.nii", 4, AFNI)
    assert list(names_with(afni)) == [LabelName(7, "Amygdala")]
    plain = _label_map(tmp_path / "caret.nii")
    assert [one.name for one in names_with(plain)] == ["left lobe"]
    assert names_with(_label_map(tmp_path / "nothing.nii.gz", 4, "<AFNI")) == ()
    (tmp_path / "sub-01").mkdir()
    (tmp_path / "dseg.tsv").write_text(TSV)
    segmentation = _label_map(tmp_path / "sub-01" / "sub-01_dseg.nii.gz")
    assert [one.name for one in names_with(segmentation)] == ["Grey", "CSF"]
    (tmp_path / "cut.nii").write_bytes(segmentation.read_bytes()[:100])
    assert names_with(tmp_path / "cut.nii") == names_with(tmp_path) == ()


def test_tables_in_other_encodings(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        (tmp_path / "a.tsv").write_bytes("index\tname\n1\tGro\u00dfhirn\n".encode(encoding))
        assert read_label_table(tmp_path / "a.tsv") == (LabelName(1, "Gro\u00dfhirn"),)


@pytest.mark.parametrize(
    "start", ['<Label Key="1"><![CDATA[', "<Label aaaaaaaaaaaaaaaa", '<Label Key="1">', "<Label "]
)
def test_extensions_without_an_end_take_no_time(tmp_path: Path, start: str) -> None:
    """Four million characters, which a search for each end would pass over again and again."""
    text = CARET + start + "a" * 2_000_000 + start * (2_000_000 // len(start))
    path = _label_map(tmp_path / "a.nii", 30, text)
    assert [one.name for one in names_with(path)] == ["V1 & V2", "MT <b>"]
