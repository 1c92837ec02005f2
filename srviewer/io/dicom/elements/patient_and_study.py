"""Digests of patient and study, by which the images of DICOM files are compared."""

import hashlib

from pydicom.dataset import Dataset

from srviewer.io.dicom.elements.tags import PERSON, STUDY, content, text

ESCAPE = b"\x1b"


def person_digest(header: Dataset) -> str:
    """The digest of everything that identifies the person of an image.

    An image without the number, name or birth date that another one has may be anybody's, so an
    absent value counts as a value and the two are two people's. Spaces and capitals of names make
    no difference.

    Args:
        header: The header with the elements of ``PERSON``.

    Returns:
        SHA-256, in hex.
    """
    values = {keyword: content(header, keyword) for keyword in PERSON}
    values["PatientName"] = _name(values["PatientName"])
    return _digest(list(values.values()))


def dicom_study_digest(header: Dataset) -> str:
    """The digest of a DICOM study's UID, number, date, time and accession number.

    The UID alone is not enough: some anonymisers give all studies the same.

    Args:
        header: The header with StudyInstanceUID and the elements of ``STUDY``.

    Returns:
        SHA-256, in hex.
    """
    return _digest([content(header, keyword) for keyword in ("StudyInstanceUID", *STUDY)])


def patient_digest(header: Dataset) -> str:
    """The digest of the patient's number alone.

    Args:
        header: The header with PatientID.

    Returns:
        SHA-256, in hex; "" where there is no number.
    """
    number = text(header, "PatientID").strip()
    return hashlib.sha256(number.encode()).hexdigest() if number else ""


def _name(value: bytes) -> bytes:
    """A person's name without the optional separators at its end."""
    shortest = b"=".join(
        b"^".join(b" ".join(part.split()) for part in group.split(b"^")).rstrip(b"^ ")
        for group in value.split(b"=")
    ).rstrip(b"=")
    # Bytes of other alphabets than ASCII look like capitals and are none.
    return shortest.upper() if shortest.isascii() and ESCAPE not in shortest else value


def _digest(values: list[bytes]) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()
