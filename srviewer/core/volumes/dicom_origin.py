"""What a result must remember of the DICOM images that it was made from."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SourceImage:
    """One DICOM object, by the UIDs of its class and of itself."""

    sop_class: str
    sop_instance: str


@dataclass(frozen=True)
class DicomOrigin:
    """The DICOM series behind a volume, as far as a DICOM export repeats or cites it.

    ``header``: patient, study, frame of reference and acquisition, in DICOM's JSON (PS3.18 F). It
    names the patient: it goes into exported DICOM files and nowhere else, no log, no message, no
    other file. ``images``: each object that holds a slice, once. ``frame``: the
    FrameOfReferenceUID, "" where there is none.
    """

    header: str = field(repr=False)
    images: tuple[SourceImage, ...] = field(repr=False)
    frame: str = ""
