"""The header of a result as one Enhanced MR image with a frame for each slice.

Legacy Converted Enhanced MR would ask for less, but is meant for the conversion of acquired images;
in an Enhanced MR image, ContentQualification says RESEARCH and the frames are DERIVED, for which
PS3.3 C.8.13 asks for none of the values of an acquisition.
"""

from collections.abc import Mapping, Sequence

from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import EnhancedMRImageStorage, generate_uid

from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.io.dicom.export.derived_header import PRIVATE_GROUP, coded

# What the classic header has and the enhanced one has too, in the same place.
SAME = (
    "SpecificCharacterSet", "Modality", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription",
    "SeriesDate", "SeriesTime", "ContentDate", "ContentTime", "InstanceCreationDate",
    "InstanceCreationTime", "Manufacturer", "ManufacturerModelName", "SoftwareVersions",
    "ContributingEquipmentSequence", "ReferencedSeriesSequence",
    "StudiesContainingOtherReferencedInstancesSequence", "ImageComments", "BurnedInAnnotation",
    "PatientPosition", "ProtocolName", "BodyPartExamined", "MagneticFieldStrength",
    "LossyImageCompressionRatio", "LossyImageCompressionMethod", "Columns", "Rows",
    "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "PixelRepresentation",
    "PixelPaddingValue", "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID",
    "StudyDescription", "AccessionNumber", "ReferringPhysicianName", "FrameOfReferenceUID",
    "PositionReferenceIndicator",
)  # fmt: skip
PATIENT_GROUP = 0x0010
STACK, POSITION = Tag("StackID"), Tag("InStackPositionNumber")
CONTENT = Tag("FrameContentSequence")
IMAGE_TYPE = ["DERIVED", "PRIMARY", "VOLUME", "RESAMPLED"]
# BodyPartExamined and the anatomic region (PS3.16 CID 4, Annex L), of what MR examines most.
REGIONS: Mapping[str, tuple[str, str]] = {
    "ABDOMEN": ("818983003", "Abdomen"),
    "BRAIN": ("12738006", "Brain"),
    "BREAST": ("76752008", "Breast"),
    "CSPINE": ("122494005", "Cervical spine"),
    "CHEST": ("51185008", "Chest"),
    "HEAD": ("69536005", "Head"),
    "HEART": ("80891009", "Heart"),
    "KNEE": ("72696002", "Knee"),
    "LIVER": ("10200004", "Liver"),
    "LSPINE": ("122496007", "Lumbar spine"),
    "NECK": ("45048000", "Neck"),
    "PELVIS": ("12921003", "Pelvis"),
    "PROSTATE": ("41216001", "Prostate"),
    "SHOULDER": ("16982005", "Shoulder"),
    "SPINE": ("421060004", "Spine"),
    "TSPINE": ("122495006", "Thoracic spine"),
}
UNKNOWN_REGION = ("38266002", "Entire body")


def enhanced_header(header: Dataset, planes: Sequence[Dataset], volume: ScanHeader) -> Dataset:
    """Build the header of an Enhanced MR image.

    Args:
        header: The header of a series of classic images, as ``derived_header`` gives it.
        planes: Of each frame, its position, orientation and spacing, as a classic image has them.
        volume: The result.

    Returns:
        A data set with everything but the pixels.

    Raises:
        UserError: The volume is no MR.
    """
    if header.Modality != "MR":
        raise UserError(
            f"srviewer writes enhanced DICOM images of MR; '{volume.name}' is of the modality "
            f"{header.Modality}. Export it as a series of classic images."
        )
    enhanced = Dataset()
    for element in header:
        if element.keyword in SAME or element.tag.group in (PATIENT_GROUP, PRIVATE_GROUP):
            enhanced[element.tag] = element
    enhanced.SOPClassUID = EnhancedMRImageStorage
    enhanced.SOPInstanceUID = generate_uid(prefix=None)
    enhanced.InstanceNumber, enhanced.NumberOfFrames = 1, len(planes)
    enhanced.DeviceSerialNumber = "none"  # which has to be there
    enhanced.ContentQualification = "RESEARCH"
    # The standard for the patient's exposure has to be named, and there was none.
    enhanced.ApplicableSafetyStandardAgency = "NONE"
    enhanced.ApplicableSafetyStandardDescription = "Not acquired: estimated from other images"
    enhanced.LossyImageCompression = header.get("LossyImageCompression") or "00"
    enhanced.PresentationLUTShape = "IDENTITY"
    # The module knows 8, 12 and 16 bits.
    enhanced.BitsStored = 12 if header.BitsStored <= 12 else 16
    enhanced.HighBit = enhanced.BitsStored - 1
    enhanced.AcquisitionContextSequence = []
    enhanced.ImageType = IMAGE_TYPE
    _describe_frames(enhanced)
    evidence = _evidence(header)
    if evidence:
        enhanced.SourceImageEvidenceSequence = evidence
    enhanced.SharedFunctionalGroupsSequence = [_shared(header, planes[0])]
    enhanced.PerFrameFunctionalGroupsSequence = [_of_frame(p, n) for n, p in enumerate(planes, 1)]
    _add_dimensions(enhanced)
    return enhanced


def _describe_frames(item: Dataset) -> None:
    item.PixelPresentation = "MONOCHROME"
    item.VolumetricProperties = "VOLUME"
    item.VolumeBasedCalculationTechnique = "NONE"
    item.ComplexImageComponent = "MAGNITUDE"
    item.AcquisitionContrast = "UNKNOWN"


def _evidence(header: Dataset) -> list[Dataset]:
    """The studies of the source images (PS3.3 C.17.2.1), as far as these are known."""
    own = Dataset()
    own.StudyInstanceUID = header.StudyInstanceUID
    own.ReferencedSeriesSequence = header.get("ReferencedSeriesSequence", [])
    studies = []
    for cited in (own, *header.get("StudiesContainingOtherReferencedInstancesSequence", ())):
        study = Dataset()
        study.StudyInstanceUID = cited.StudyInstanceUID
        study.ReferencedSeriesSequence = list(map(_series, cited.ReferencedSeriesSequence))
        studies += [study] if study.ReferencedSeriesSequence else []
    return studies


def _series(series: Dataset) -> Dataset:
    item = Dataset()
    item.SeriesInstanceUID = series.SeriesInstanceUID
    item.ReferencedSOPSequence = [_reference(image) for image in series.ReferencedInstanceSequence]
    return item


def _reference(image: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = image.ReferencedSOPClassUID
    item.ReferencedSOPInstanceUID = image.ReferencedSOPInstanceUID
    return item


def _shared(header: Dataset, plane: Dataset) -> Dataset:
    """The functional groups that are the same for all frames."""
    groups, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = plane.PixelSpacing
    measures.SliceThickness = plane.SliceThickness
    measures.SpacingBetweenSlices = plane.SpacingBetweenSlices
    groups.PixelMeasuresSequence = [measures]
    orientation.ImageOrientationPatient = plane.ImageOrientationPatient
    groups.PlaneOrientationSequence = [orientation]
    anatomy = Dataset()
    anatomy.FrameLaterality = header.get("Laterality") or "U"
    region = REGIONS.get(str(header.get("BodyPartExamined", "")), UNKNOWN_REGION)
    anatomy.AnatomicRegionSequence = [coded(*region, scheme="SCT")]
    groups.FrameAnatomySequence = [anatomy]
    values, window, kind = Dataset(), Dataset(), Dataset()
    values.RescaleSlope = header.get("RescaleSlope", "1")
    values.RescaleIntercept = header.get("RescaleIntercept", "0")
    values.RescaleType = header.get("RescaleType", "US")
    groups.PixelValueTransformationSequence = [values]
    for keyword in ("WindowCenter", "WindowWidth", "VOILUTFunction"):
        if keyword in header:
            window[keyword] = header[keyword]
    groups.FrameVOILUTSequence = [window]
    kind.FrameType = IMAGE_TYPE
    _describe_frames(kind)
    groups.MRImageFrameTypeSequence = [kind]
    if header.get("EchoTime") is not None:
        echo = Dataset()
        echo.EffectiveEchoTime = float(header.EchoTime)
        groups.MREchoSequence = [echo]
    # Images whose study is not known cannot be cited.
    if "SourceImageSequence" in header and _evidence(header):
        groups.DerivationImageSequence = [_derivation(header)]
    return groups


def _derivation(header: Dataset) -> Dataset:
    item = Dataset()
    item.DerivationDescription = header.DerivationDescription
    item.DerivationCodeSequence = [coded("113085", "Spatial resampling")]
    item.SourceImageSequence = header.SourceImageSequence
    return item


def _of_frame(plane: Dataset, number: int) -> Dataset:
    groups, content, position = Dataset(), Dataset(), Dataset()
    content.StackID, content.InStackPositionNumber = "1", number
    content.DimensionIndexValues = [1, number]
    groups.FrameContentSequence = [content]
    position.ImagePositionPatient = plane.ImagePositionPatient
    groups.PlanePositionSequence = [position]
    return groups


def _add_dimensions(enhanced: Dataset) -> None:
    """Add the dimensions: the stack, and the position in it."""
    organization = Dataset()
    organization.DimensionOrganizationUID = generate_uid(prefix=None)
    enhanced.DimensionOrganizationSequence = [organization]
    indices = []
    for pointer in (STACK, POSITION):
        index = Dataset()
        index.DimensionOrganizationUID = organization.DimensionOrganizationUID
        index.DimensionIndexPointer, index.FunctionalGroupPointer = pointer, CONTENT
        indices.append(index)
    enhanced.DimensionIndexSequence = indices
