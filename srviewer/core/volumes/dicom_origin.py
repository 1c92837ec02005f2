"""The DICOM images behind a volume, as far as its export repeats or cites them."""

from dataclasses import dataclass, field

Citation = tuple[str, int | None]  # SOPInstanceUID, number of a frame from 0; None for all frames


@dataclass(frozen=True)
class SourceImage:
    """A DICOM object, by its UIDs.

    Attributes:
        sop_class: The SOPClassUID.
        sop_instance: The SOPInstanceUID.
        series: The SeriesInstanceUID, "" where there is none.
        study: The StudyInstanceUID, "" where there is none.
    """

    sop_class: str
    sop_instance: str
    series: str = ""
    study: str = ""


@dataclass(frozen=True)
class ImagePlane:
    """The plane in which the pixels of a DICOM image lie.

    Attributes:
        images: A slice of a scan: itself. A frame of a segmentation: the images that it names as
            those it was drawn on.
        normal: A unit vector across it, RAS.
        height: mm along ``normal`` from the origin of the coordinates.
    """

    images: tuple[Citation, ...] = field(repr=False)
    normal: tuple[float, float, float]
    height: float


@dataclass(frozen=True)
class DicomOrigin:
    """The DICOM series behind a volume, as far as a DICOM export repeats or cites it.

    Attributes:
        header: Patient, study, frame of reference and acquisition, in DICOM's JSON (PS3.18 F). It
            names the patient: it goes into exported DICOM files, and into a pane or a figure where
            the user asks for it, and nowhere else, no log, no message, no other file.
        images: Each object that holds a slice, once.
        frame: The FrameOfReferenceUID, "" where there is none.
        converted_factor: The values of a file that dcm2niix made of it by default (``-p y``), for
            each of its own: by the private scale slope of Philips. None for others.
        planes: The plane of each slice whose image is known.
    """

    header: str = field(repr=False)
    images: tuple[SourceImage, ...] = field(repr=False)
    frame: str = ""
    converted_factor: float | None = None
    planes: tuple[ImagePlane, ...] = field(default=(), repr=False)
