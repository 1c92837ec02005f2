"""The DICOM elements of a file that its series, its study and its patient share."""

from dataclasses import dataclass, field

from pydicom.dataset import FileDataset

from srviewer.io.dicom.elements.kinds import is_segmentation_object
from srviewer.io.dicom.elements.patient_and_study import (
    dicom_study_digest,
    patient_digest,
    person_digest,
)
from srviewer.io.dicom.elements.series_details import details_of
from srviewer.io.dicom.elements.tags import Lookup, text
from srviewer.io.scans.series_details import NO_DETAILS, SeriesDetails


@dataclass(frozen=True)
class SeriesTags:
    """Values that all images of one series share.

    Attributes:
        uid: SeriesInstanceUID, "" where there is none.
        name: The description or the protocol, else the modality, for people.
        number: SeriesNumber as text, for people.
        modality: DICOM's word, such as "MR".
        unit: "HU" for CT, else "".
        patient: The digest of the patient's number, "" where there is none.
        person: The digest of all that identifies the patient.
        study: The digest that identifies the DICOM study.
        frame: FrameOfReferenceUID; positions can be compared within it.
        segmentation: Whether the values stand for regions that somebody drew.
        body_part: DICOM's word for what was examined, or "".
        details: Values for people alone; they make no series differ from another.
    """

    uid: str
    name: str
    number: str
    modality: str
    unit: str
    patient: str
    person: str
    study: str
    frame: str
    segmentation: bool
    body_part: str
    details: SeriesDetails = field(default=NO_DETAILS, compare=False)


def series_tags(header: FileDataset, first: Lookup) -> SeriesTags:
    """Read the values that a file shares with its series.

    Args:
        header: The file's header.
        first: The values of the file's first image.

    Returns:
        The values, with digests in place of everything that names the patient.
    """
    modality = text(header, "Modality")
    named = " ".join(
        str(header.get("SeriesDescription") or header.get("ProtocolName") or "").split()
    )
    return SeriesTags(
        uid=text(header, "SeriesInstanceUID"),
        name=named or f"{modality} series".strip(),
        number=text(header, "SeriesNumber"),
        modality=modality,
        # "US" says that the unit is unspecified (PS3.3 C.11.1.1.2), which scanners write for CT.
        unit="HU" if modality == "CT" and first.text("RescaleType") in ("", "US", "HU") else "",
        patient=patient_digest(header),
        person=person_digest(header),
        study=dicom_study_digest(header),
        frame=text(header, "FrameOfReferenceUID"),
        segmentation=is_segmentation_object(header),
        body_part=text(header, "BodyPartExamined"),
        details=details_of(header),
    )
