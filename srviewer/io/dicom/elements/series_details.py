"""The values of a DICOM header by which people distinguish series."""

from pydicom.dataset import FileDataset
from pydicom.valuerep import PersonName

from srviewer.io.dicom.elements.tags import text
from srviewer.io.scans.series_details import SeriesDetails


def details_of(header: FileDataset) -> SeriesDetails:
    """Read the values that are shown where series are chosen.

    Args:
        header: The file's header.

    Returns:
        The values, without those of the whole series: person, contrast and folder.
    """
    named = (_person(header), text(header, "PatientID"))
    return SeriesDetails(
        patient=", ".join(filter(None, named)),
        study_date=_date(text(header, "StudyDate")),
        number=text(header, "SeriesNumber"),
        time=_time(text(header, "SeriesTime") or text(header, "AcquisitionTime")),
    )


def _person(header: FileDataset) -> str:
    """The patient's name, in the alphabet that the header names, without separators."""
    value = header.get("PatientName")
    name = str(value) if isinstance(value, str | PersonName) else ""
    return " ".join(name.split("=")[0].replace("^", " ").split())


def _date(value: str) -> str:
    """YYYYMMDD with dashes; another text as it is."""
    return f"{value[:4]}-{value[4:6]}-{value[6:]}" if len(value) == 8 and value.isdigit() else value


def _time(value: str) -> str:
    """HHMMSS with colons and without fractions; another text as it is."""
    whole = value.split(".")[0]
    if len(whole) == 6 and whole.isdigit():
        return f"{whole[:2]}:{whole[2:4]}:{whole[4:]}"
    return value
