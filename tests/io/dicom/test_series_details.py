"""Details of series for people: names in every alphabet, dates and times as they read them."""

import pytest
from pydicom import dcmread
from pydicom.data import get_charset_files
from pydicom.dataset import FileDataset

from srviewer.io.dicom.elements.series_details import details_of

ELEMENTS = ["PatientName", "PatientID", "StudyDate", "SeriesTime"]


@pytest.mark.parametrize(
    ("file", "patient"),
    [
        ("chrFrenMulti.dcm", "Buc Jérôme, SCSFREN"),
        ("chrGerm.dcm", "Äneas Rüdiger, SCSGERM"),
        ("chrJapMulti.dcm", "やまだ たろう, 2008-4"),
        ("chrKoreanMulti.dcm", "김희중, 2008-3"),
        ("chrX2.dcm", "Wang XiaoDong, X2EXAMPLE"),
    ],
)
def test_patients_are_named_in_their_alphabet_and_not_in_logs(file: str, patient: str) -> None:
    (path,) = get_charset_files(file)
    details = details_of(dcmread(path, specific_tags=ELEMENTS))
    assert details.patient == patient
    assert patient.split(",")[0] not in repr(details)


def test_dates_and_times_are_readable_and_odd_ones_stay() -> None:
    header = FileDataset("", {})
    header.StudyDate, header.SeriesTime = "20210308", "103215.25"
    details = details_of(header)
    assert (details.study_date, details.time) == ("2021-03-08", "10:32:15")
    header.SeriesTime = "1032"
    assert details_of(header).time == "1032"
    assert details_of(FileDataset("", {})).patient == ""
