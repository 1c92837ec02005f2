"""What a DICOM header says of the series, the study and the person that its images are of."""

from dataclasses import dataclass

from pydicom.dataset import FileDataset

from srviewer.io.dicom.elements.kinds import is_segmentation
from srviewer.io.dicom.elements.patient_and_study import patient_of, person_of, study_of
from srviewer.io.dicom.elements.tags import Lookup, text


@dataclass(frozen=True)
class SeriesTags:
    """What all images of a series share. ``name`` and ``number`` are for people.

    ``patient``: a digest of the patient's number, "" where there is none. ``person``, ``study``:
    digests of all that says whose images they are, and of which study. ``frame``: the UID of the
    frame of reference, in which positions can be compared. ``segmentation``: whether the values
    stand for regions that somebody drew. ``body_part``: DICOM's word for what was examined, or "".
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


def series_tags(header: FileDataset, first: Lookup) -> SeriesTags:
    """Those of a file; ``first``: the values of its first image."""
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
        patient=patient_of(header),
        person=person_of(header),
        study=study_of(header),
        frame=text(header, "FrameOfReferenceUID"),
        segmentation=is_segmentation(header),
        body_part=text(header, "BodyPartExamined"),
    )
