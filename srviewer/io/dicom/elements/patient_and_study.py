"""Whose images a DICOM file holds and of which study, as digests that can only be compared."""

import hashlib

from pydicom.dataset import Dataset

from srviewer.io.dicom.elements.tags import PERSON, STUDY, content, text

ESCAPE = b"\x1b"


def person_digest(header: Dataset) -> str:
    """A digest of all that says whose images these are; a value that is absent counts as one.

    An image without the number, name or birth date that another one has may be anybody's, so both
    are two people's. Spaces and the capitals of names make no difference.
    """
    values = {keyword: content(header, keyword) for keyword in PERSON}
    values["PatientName"] = _name(values["PatientName"])
    return _digest(list(values.values()))


def dicom_study_digest(header: Dataset) -> str:
    """A digest of the study's UID, number, day, time and accession number.

    Not of the UID alone: some anonymisers give all studies one.
    """
    return _digest([content(header, keyword) for keyword in ("StudyInstanceUID", *STUDY)])


def patient_digest(header: Dataset) -> str:
    """A digest of the patient's number alone, "" where there is none."""
    number = text(header, "PatientID").strip()
    return hashlib.sha256(number.encode()).hexdigest() if number else ""


def _name(value: bytes) -> bytes:
    """A person's name without what may be left out behind it."""
    shortest = b"=".join(
        b"^".join(b" ".join(part.split()) for part in group.split(b"^")).rstrip(b"^ ")
        for group in value.split(b"=")
    ).rstrip(b"=")
    # Bytes of other alphabets than ASCII look like capitals and are none.
    return shortest.upper() if shortest.isascii() and ESCAPE not in shortest else value


def _digest(values: list[bytes]) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()
