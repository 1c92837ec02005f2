"""The values of a DICOM header by which people distinguish series."""

import re
from functools import lru_cache

from pydicom.charset import python_encoding
from pydicom.dataset import FileDataset

from srviewer.io.dicom.elements.tags import text
from srviewer.io.scans.series_details import SeriesDetails

ESCAPE = b"\x1b"
ESCAPES = re.compile(rb"\x1b[ -/]+[0-~]")  # of ISO 2022, which only some codecs of Python read


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
    stored = header.get_item("PatientName")
    value = "" if stored is None else stored.value
    if isinstance(value, bytes):
        return _name(value, text(header, "SpecificCharacterSet"))
    return _plain(str(value or ""))


@lru_cache(1024)  # a study has thousands of files
def _name(value: bytes, sets: str) -> str:
    """The first group of a person's name that is not empty: in letters, else in ideographs."""
    first, *others = sets.split("\\")
    groups = value.strip(b" \0").split(b"=")
    last = others[-1] if others else first
    for number, group in enumerate(groups):
        extended = number > 0 or ESCAPE in group
        codec = python_encoding.get(last if extended else first, "utf-8")
        letters = group if codec.startswith("iso2022") else ESCAPES.sub(b"", group)
        decoded = _plain(letters.decode(codec, "replace"))
        if decoded:
            return decoded
    return ""


def _plain(name: str) -> str:
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
