"""The DICOM header of a derived series: all elements that its slices share."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import token_hex

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    generate_uid,
)

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.core.intensity.window import Window, automatic_window
from srviewer.core.volumes.dicom_origin import SourceImage
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.io.dicom.export.stored_values import StoredScale
from srviewer.io.dicom.headers.origin import (
    ACQUISITION,
    FRAME,
    MR_ACQUISITION,
    PATIENT,
    SCANNER,
    STUDY,
)
from srviewer.io.sidecars.provenance import json_value, story

# A volume of unknown modality is taken for MR, for which this program is made.
SOP_CLASSES = {"MR": MRImageStorage, "": MRImageStorage, "CT": CTImageStorage}
PRIVATE_GROUP, PRIVATE_CREATOR = 0x0099, "SRVIEWER"
# Attributes of type 2, which must be there even when their values are not known.
REQUIRED = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PositionReferenceIndicator",
    "PatientPosition",
)
REQUIRED_MR = (
    "ScanOptions",
    "MRAcquisitionType",
    "RepetitionTime",
    "EchoTime",
    "EchoTrainLength",
)
REQUIRED_CT = ("KVP", "AcquisitionNumber")
SERIES_OFFSET = 900  # added to the number of the scan's series
LARGEST_INTEGER_STRING = 2**31 - 1
# The most characters that a value of this kind may have.
LONG_STRING, SHORT_TEXT, LONG_TEXT = 64, 1024, 10240


def derived_header(volume: Volume, scale: StoredScale, provenance: Mapping[str, object]) -> Dataset:
    """Build the header of a result's slices, without the elements that differ from slice to slice.

    Args:
        volume: The result, with the origin, history and warnings of its scan.
        scale: The relation of its pixels to its voxel values.
        provenance: The source, request and model of the result; paths of sources are left out.

    Returns:
        A data set with new UIDs for the series, and for study and frame of reference where the scan
        has none.

    Raises:
        UserError: The volume's modality is neither MR nor CT.
    """
    sop_class = SOP_CLASSES.get(volume.modality)
    if sop_class is None:
        raise UserError(
            f"srviewer writes DICOM series of MR and CT; '{volume.name}' is of the modality "
            f"{volume.modality}. Export it as NIfTI."
        )
    source = Dataset() if volume.origin is None else Dataset.from_json(volume.origin.header)
    header = Dataset()
    header.SpecificCharacterSet = "ISO_IR 192"
    _add_whose(header, source, known=volume.origin is not None)
    _add_acquisition(header, source, sop_class)
    _add_series(header, source, volume)
    _add_story(header, source, volume, scale, provenance)
    _add_pixels(header, volume, scale)
    return header


def file_meta(header: Dataset, syntax: UID = ExplicitVRLittleEndian) -> FileMetaDataset:
    """Build the file meta information of an image.

    Args:
        header: The image's header, with its SOP class and instance.
        syntax: The transfer syntax.

    Returns:
        Meta information.
    """
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = header.SOPClassUID
    meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    return meta


def _add_whose(header: Dataset, source: Dataset, known: bool) -> None:
    """Add patient, study and frame of reference: the scan's own, or new ones of nobody."""
    _copy(header, source, (*PATIENT, *STUDY, *FRAME, "Laterality"))
    if not known:
        # A name of its own each time, so that no archive takes two people for one.
        header.PatientName, header.PatientID = "Anonymous^", f"ANON-{token_hex(4).upper()}"
    if not ("DeidentificationMethod" in header or "DeidentificationMethodCodeSequence" in header):
        header.pop("PatientIdentityRemoved", None)  # which may not be said without saying how
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID"):
        if not header.get(keyword):
            setattr(header, keyword, generate_uid(prefix=None))
    _fill(header, REQUIRED)


def _add_acquisition(header: Dataset, source: Dataset, sop_class: UID) -> None:
    header.SOPClassUID = sop_class
    header.Modality = "CT" if sop_class == CTImageStorage else "MR"
    _copy(header, source, ACQUISITION)
    if not header.get("BodyPartExamined"):
        _fill(header, ["Laterality"])  # it may be one of a pair
    if sop_class == CTImageStorage:
        _fill(header, REQUIRED_CT)
        return
    _copy(header, source, MR_ACQUISITION)
    _fill(header, REQUIRED_MR)
    # "RM" is research mode (PS3.3 C.8.3.1): the technique is not known.
    header.ScanningSequence = header.get("ScanningSequence") or "RM"
    header.SequenceVariant = header.get("SequenceVariant") or "NONE"
    # Only an inversion recovery has one.
    if "IR" in header.ScanningSequence:
        _fill(header, ["InversionTime"])
    else:
        header.pop("InversionTime", None)


def _add_series(header: Dataset, source: Dataset, volume: ScanHeader) -> None:
    now = datetime.now()
    header.SeriesInstanceUID = generate_uid(prefix=None)
    header.SeriesNumber = min(
        SERIES_OFFSET + int(source.get("SeriesNumber") or 0), LARGEST_INTEGER_STRING
    )
    header.SeriesDescription = _short_name(volume.name)
    for moment in ("Series", "Content", "InstanceCreation"):
        setattr(header, f"{moment}Date", now.strftime("%Y%m%d"))
        setattr(header, f"{moment}Time", now.strftime("%H%M%S"))
    header.Manufacturer = "srviewer"
    header.ManufacturerModelName = "srviewer"
    header.SoftwareVersions = __version__
    header.ContributingEquipmentSequence = _equipment(source)


def _short_name(name: str) -> str:
    note = ", research use only"
    return " ".join(name.replace("\\", "/").split())[: LONG_STRING - len(note)] + note


def _equipment(source: Dataset) -> list[Dataset]:
    """The devices that contributed to the images: the scanner, where known, then this program."""
    ours = Dataset()
    ours.Manufacturer = ours.ManufacturerModelName = "srviewer"
    ours.SoftwareVersions = __version__
    ours.ContributionDescription = RESEARCH_USE_ONLY
    ours.PurposeOfReferenceCodeSequence = [coded("109103", "Modifying Equipment")]
    if not source.get("Manufacturer"):
        return [ours]
    scanner = Dataset()
    _copy(scanner, source, SCANNER)
    scanner.PurposeOfReferenceCodeSequence = [coded("109101", "Acquisition Equipment")]
    return [scanner, ours]


def _add_story(
    header: Dataset,
    source: Dataset,
    volume: ScanHeader,
    scale: StoredScale,
    provenance: Mapping[str, object],
) -> None:
    """Add the provenance: image type, source images, and the history as text and as JSON."""
    third = "AXIAL" if header.Modality == "CT" else "OTHER"
    header.ImageType = ["DERIVED", "SECONDARY", third]
    images = () if volume.origin is None else volume.origin.images
    if images:
        header.SourceImageSequence = _references(images)
        _add_hierarchy(header, images)
    header.DerivationDescription = f"srviewer: {'; '.join(volume.history)}"[:SHORT_TEXT]
    header.ImageComments = _comments(volume, scale)
    header.BurnedInAnnotation = source.get("BurnedInAnnotation") or "NO"
    # Paths are private, and the names of files may identify the patient.
    without_sources = {key: value for key, value in provenance.items() if key != "sources"}
    block = header.private_block(PRIVATE_GROUP, PRIVATE_CREATOR, create=True)
    content = {**story(volume, without_sources), "pixels": scale.described()}
    block.add_new(0x01, "UT", json.dumps(json_value(content)))


def _comments(volume: ScanHeader, scale: StoredScale) -> str:
    lines = [f"{RESEARCH_USE_ONLY} Not acquired: estimated.", scale.note]
    lines += [warning.message for warning in volume.warnings]
    return " ".join(line for line in lines if line)[:LONG_TEXT]


def _add_hierarchy(header: Dataset, images: Sequence[SourceImage]) -> None:
    """Add the series and the studies of the source images (PS3.3 C.12.2)."""
    studies: dict[str, dict[str, list[Dataset]]] = {}
    for image in images:
        if image.series and image.study:
            series = studies.setdefault(image.study, {})
            series.setdefault(image.series, []).append(_reference(image))
    own = studies.pop(str(header.StudyInstanceUID), {})
    if own:
        header.ReferencedSeriesSequence = _referenced_series(own)
    others = []
    for uid, series in studies.items():
        study = Dataset()
        study.StudyInstanceUID = uid
        study.ReferencedSeriesSequence = _referenced_series(series)
        others.append(study)
    if others:
        header.StudiesContainingOtherReferencedInstancesSequence = others


def _referenced_series(series: Mapping[str, list[Dataset]]) -> list[Dataset]:
    items = []
    for uid, references in series.items():
        item = Dataset()
        item.SeriesInstanceUID = uid
        item.ReferencedInstanceSequence = references
        items.append(item)
    return items


def _reference(image: SourceImage) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = image.sop_class
    item.ReferencedSOPInstanceUID = image.sop_instance
    return item


def _references(images: Sequence[SourceImage]) -> list[Dataset]:
    items = []
    for image in images:
        item = _reference(image)
        item.PurposeOfReferenceCodeSequence = [
            coded("121322", "Source image for image processing operation")
        ]
        items.append(item)
    return items


def _add_pixels(header: Dataset, volume: Volume, scale: StoredScale) -> None:
    header.Columns, header.Rows = volume.geometry.shape[:2]
    header.SamplesPerPixel = 1
    header.PhotometricInterpretation = "MONOCHROME2"
    header.BitsAllocated, header.BitsStored, header.HighBit = 16, scale.bits, scale.bits - 1
    header.PixelRepresentation = int(scale.signed)
    if scale.padding is not None:
        vr = "SS" if scale.signed else "US"
        header.add_new("PixelPaddingValue", vr, scale.padding_stored)
    # A plain MR image knows no rescaling; a CT image always has it.
    if header.Modality == "CT" or not scale.is_identity:
        header.RescaleSlope, header.RescaleIntercept = scale.slope, scale.intercept
        header.RescaleType = volume.unit if volume.unit == "HU" else "US"
    _add_window(header, automatic_window(volume), scale)


def _add_window(header: Dataset, window: Window, scale: StoredScale) -> None:
    """Add the window, in values after rescaling (PS3.3 C.11.2.1.2)."""
    width = max(1.0, window.width) if scale.is_identity else window.width
    header.WindowCenter, header.WindowWidth = f"{window.level:.6g}", f"{width:.6g}"
    if width < 1:
        header.VOILUTFunction = "LINEAR_EXACT"  # the usual one takes no width below 1


def _copy(header: Dataset, source: Dataset, keywords: Sequence[str]) -> None:
    for keyword in keywords:
        if keyword in source:
            header[keyword] = source[keyword]


def _fill(header: Dataset, keywords: Sequence[str]) -> None:
    for keyword in keywords:
        if keyword not in header:
            setattr(header, keyword, None)


def coded(value: str, meaning: str, scheme: str = "DCM") -> Dataset:
    """A code as an item of a sequence.

    Args:
        value: Its value.
        meaning: Its meaning.
        scheme: Its coding scheme.

    Returns:
        The item.
    """
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code
