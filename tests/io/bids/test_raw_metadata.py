"""The metadata that results take over from their scans."""

import json
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.data import get_testdata_file

from srviewer.core.volumes.dicom_origin import DicomOrigin
from srviewer.io.bids.raw_metadata import raw_metadata


def put(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def test_sidecars_are_inherited_and_only_what_still_holds_is_taken(tmp_path: Path) -> None:
    image = tmp_path / "sub-1/anat/sub-1_acq-a_run-2_T2w.nii.gz"
    put(tmp_path / "T2w.json", {"MagneticFieldStrength": 7, "EchoTime": 0.1, "FlipAngle": 90})
    put(tmp_path / "acq-b_T2w.json", {"FlipAngle": 1})
    put(tmp_path / "T1w.json", {"InversionTime": 1})
    put(image.parent / "sub-1_run-2_T2w.json", {"EchoTime": 0.2, "RepetitionTime": 4.5})
    put(image.parent / "sub-1_run-1_T2w.json", {"EchoTime": 9})
    own = {"RepetitionTime": 5.0, "SliceThickness": 4.0, "InstitutionName": "X", "PatientName": "Y"}
    put(image.parent / "sub-1_acq-a_run-2_T2w.json", own)
    expected: dict[str, Any] = {
        "MagneticFieldStrength": 7, "EchoTime": 0.2, "RepetitionTime": 5.0, "FlipAngle": 90,
    }  # fmt: skip
    assert raw_metadata(image, tmp_path, None) == expected
    assert list(raw_metadata(image, tmp_path, None)) == list(expected)
    alone = raw_metadata(image, tmp_path / "elsewhere", None)  # a scan from outside the data set
    assert alone == {"RepetitionTime": 5.0}
    (image.parent / "sub-1_acq-a_run-2_T2w.json").write_text("[1")
    assert raw_metadata(image, tmp_path / "elsewhere", None) == {}


def test_of_dicom_the_header_says_it_in_the_units_of_bids() -> None:
    path = Path(str(get_testdata_file("MR_small.dcm")))
    header = dcmread(path, stop_before_pixels=True)
    del header[0x00431029:]  # private, of no known meaning
    origin = DicomOrigin(header.to_json(), ())
    metadata = raw_metadata(path, path.parent / "none", origin)
    assert metadata["EchoTime"] == 0.24 and metadata["RepetitionTime"] == 4.0
    assert metadata["Manufacturer"] == "TOSHIBA_MEC" and metadata["FlipAngle"] == 90
