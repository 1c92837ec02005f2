"""Headers as rows."""

from pathlib import Path
from zipfile import ZipFile

import nibabel as nib
import numpy as np
import pytest
from pydicom.data import get_testdata_file

from srviewer.errors import UserError
from srviewer.io.header_view import header_rows
from srviewer.job import run


def test_the_tags_of_a_dicom_file_are_found_by_name_number_and_value() -> None:
    rows = run(header_rows(Path(str(get_testdata_file("MR_small.dcm")))))
    for wanted in ("slice thickness", "SliceThickness", "(0018,0050)", "0.8000"):
        (row,) = [row for row in rows if row.matches(wanted) and row.name == "Slice Thickness"]
        assert row.value == "0.8000"
    assert not any("Pixel Data" in row.name for row in rows)


def test_the_fields_of_a_nifti_file(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros((3, 4, 5), np.int16), np.diag((2, 2, 3, 1))), path)
    values = {row.key: row.value for row in run(header_rows(path))}
    assert values["dim"].startswith("3 3 4 5")
    assert values["magic"] == "n+1"


def test_what_has_no_header_is_said(tmp_path: Path) -> None:
    text = tmp_path / "a.dcm"
    text.write_text("no header")
    packed = tmp_path / "a.zip"
    with ZipFile(packed, "w") as archive:
        archive.writestr("a", "b")
    for path, word in ((text, "cannot be read"), (packed, "archive")):
        with pytest.raises(UserError, match=word):
            run(header_rows(path))
