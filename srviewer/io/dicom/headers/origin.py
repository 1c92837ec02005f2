"""The elements of a scan's DICOM header that a series derived from it repeats."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag
from pydicom.uid import MRImageStorage
from pydicom.valuerep import validate_value

from srviewer.core.volumes.dicom_origin import Citation, DicomOrigin, ImagePlane, SourceImage
from srviewer.io.dicom.elements.bounded_reading import read_header_elements
from srviewer.io.dicom.elements.pydicom_warnings import only_serious
from srviewer.io.dicom.elements.tags import text
from srviewer.io.dicom.headers.header import UNREADABLE, SliceHeader

PATIENT = (
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "PatientSize",
    "PatientWeight",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
)
STUDY = (
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "StudyDescription",
    "AccessionNumber",
    "ReferringPhysicianName",
)
FRAME = ("FrameOfReferenceUID", "PositionReferenceIndicator", "PatientPosition")
SCANNER = (
    "Manufacturer",
    "ManufacturerModelName",
    "InstitutionName",
    "StationName",
    "DeviceSerialNumber",
    "SoftwareVersions",
)
ACQUISITION = (
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "AcquisitionNumber",
    "ProtocolName",
    "BodyPartExamined",
    "ContrastBolusAgent",
    "BurnedInAnnotation",
    "LossyImageCompression",
    "LossyImageCompressionRatio",
    "LossyImageCompressionMethod",
)
MR_ACQUISITION = (
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "AcquisitionNumber",
    "ProtocolName",
    "ScanningSequence",
    "SequenceVariant",
    "ScanOptions",
    "MRAcquisitionType",
    "SequenceName",
    "RepetitionTime",
    "EchoTime",
    "EchoNumbers",
    "EchoTrainLength",
    "InversionTime",
    "FlipAngle",
    "MagneticFieldStrength",
    "ImagingFrequency",
    "ImagedNucleus",
    "NumberOfAverages",
    "PixelBandwidth",
)
KEPT = (
    *PATIENT,
    *STUDY,
    *FRAME,
    *SCANNER,
    *ACQUISITION,
    *MR_ACQUISITION,
    "Laterality",
    "SeriesNumber",
)
LPS_TO_RAS = np.array([-1.0, -1.0, 1.0])
TAGS: list[BaseTag] = [Tag(keyword) for keyword in ("SpecificCharacterSet", "SOPClassUID", *KEPT)]


def origin_of(slices: Sequence[SliceHeader]) -> DicomOrigin:
    """Collect the origin of a volume from the headers of its slices.

    Args:
        slices: At least one slice; the first one's file gives the header.

    Returns:
        The header to repeat, the source images, and the frame of reference.
    """
    header, sop_class = _kept(slices[0])
    series = {slice_header.uid: slice_header.series.uid for slice_header in slices}
    study = str(header.get("StudyInstanceUID") or "")
    images = tuple(SourceImage(sop_class, uid, series[uid], study) for uid in series if uid)
    frame = str(header.get("FrameOfReferenceUID") or "")
    scale = slices[0].scale_slope
    # As a converter has it: stored / scale, where the value is stored * slope.
    factor = None if scale is None else abs(1 / (slices[0].slope * scale))
    planes = tuple(
        image_plane([(one.uid, one.frame)], one.position, one.orientation)
        for one in slices
        if one.uid and one.position is not None and one.orientation is not None and one.tile is None
    )
    return DicomOrigin(header.to_json(), images, frame, factor, planes)


def image_plane(
    images: Sequence[Citation], position: ArrayLike, orientation: ArrayLike
) -> ImagePlane:
    """The plane of a DICOM image.

    Args:
        images: What it is, or was drawn on.
        position: (3) the centre of its first pixel, LPS mm.
        orientation: (6) unit vectors along its rows and down its columns, LPS.

    Returns:
        The plane, RAS mm.
    """
    along, down = np.reshape(orientation, (2, 3)) * LPS_TO_RAS
    normal = np.cross(along, down)
    height = float(normal @ (np.asarray(position) * LPS_TO_RAS))
    return ImagePlane(tuple(images), (float(normal[0]), float(normal[1]), float(normal[2])), height)


def _kept(slice_header: SliceHeader) -> tuple[Dataset, str]:
    """The elements to repeat, without values that break the standard, and the SOP class.

    Elements that give positions a meaning are left out where the position is a guess: a result
    there must not claim to lie where the rest of the study does.
    """
    repeated = Dataset()
    placed = slice_header.position is not None and slice_header.orientation is not None
    try:
        with only_serious():
            header = read_header_elements(slice_header.file.path, TAGS)
            for keyword in KEPT:
                if (placed or keyword not in FRAME) and _sound(header, keyword):
                    repeated[keyword] = header[keyword]
            return repeated, str(header.get("SOPClassUID") or MRImageStorage)
    except UNREADABLE:
        # The pixels may be readable all the same; an export then makes a study of its own.
        return Dataset(), str(MRImageStorage)


def _sound(header: Dataset, keyword: str) -> bool:
    if not text(header, keyword):
        return False
    try:
        element = header[keyword]
        if element.VR != "SQ":
            values = element.value if element.VM > 1 else [element.value]
            for value in values:
                validate_value(element.VR, str(value), config.RAISE)
        element.to_json()
    except UNREADABLE:
        return False
    return True
