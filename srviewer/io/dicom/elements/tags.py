"""Single values of a DICOM header, classic or enhanced multi-frame."""

from dataclasses import dataclass
from functools import cache

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.tag import BaseTag, Tag

from srviewer.io.dicom.elements.padding import KEYWORDS as PADDING
from srviewer.io.dicom.elements.private_elements import PRIVATE_TAGS, private_text

# Values in which images of one position differ that are of different contrasts, each a series of
# its own, in this order.
CONTRASTS = (
    "EchoTime",
    "ImageType",
    "ComplexImageComponent",
    "InversionTime",
    "FlipAngle",
    "DiffusionBValue",
)
# Values in which images of one contrast differ that were taken again: the volumes of one series.
REPEATS = (
    "TemporalPositionIdentifier",
    "AcquisitionNumber",
    "TriggerTime",
    "DiffusionGradientOrientation",
    "AcquisitionTime",
)
TRAITS = CONTRASTS + REPEATS

# Elements that identify a person (PS3.3 C.7.1.1), and a study whose UID is gone.
PERSON = (
    "PatientID",
    "IssuerOfPatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "OtherPatientNames",
    "OtherPatientIDs",
)
STUDY = (
    "StudyID",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
)

# Elements of segmentations.
SEGMENTATION = ("SegmentationType", "MaximumFractionalValue", "SegmentSequence")

KEYWORDS = (
    "SOPClassUID",
    "SOPInstanceUID",
    "Modality",
    "BodyPartExamined",
    "SeriesDescription",
    "ProtocolName",
    "SliceThickness",
    "SpacingBetweenSlices",
    "SeriesInstanceUID",
    "StudyInstanceUID",
    "FrameOfReferenceUID",
    "SeriesNumber",
    "SeriesTime",
    "InstanceNumber",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "PixelSpacing",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "RescaleSlope",
    "RescaleIntercept",
    "RescaleType",
    *(keyword for keywords in PADDING.values() for keyword in keywords),
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
    "StackID",
    *SEGMENTATION,
    *PERSON,
    *STUDY,
    *TRAITS,
)
HEADER_TAGS: list[BaseTag] = [
    *(Tag(keyword) for keyword in KEYWORDS),
    *(Tag(tag) for tag in PRIVATE_TAGS),
]

# Stored as binary numbers, which only pydicom's conversion turns into text.
BINARY = frozenset(
    {
        "EffectiveEchoTime",
        "InversionTimes",
        "FlipAngle",
        "DiffusionBValue",
        "DiffusionGradientOrientation",
        "NominalCardiacTriggerDelayTime",
        "TemporalPositionIndex",
        "FrameAcquisitionNumber",
        "RescaleSlope",
        "RescaleIntercept",
    }
)

# Where enhanced multi-frame objects keep a value: (functional group, keyword) (PS3.3 C.7.6.16).
GROUPS = {
    "ImagePositionPatient": (("PlanePositionSequence", "ImagePositionPatient"),),
    "ImageOrientationPatient": (("PlaneOrientationSequence", "ImageOrientationPatient"),),
    "PixelSpacing": (("PixelMeasuresSequence", "PixelSpacing"),),
    "SliceThickness": (("PixelMeasuresSequence", "SliceThickness"),),
    "SpacingBetweenSlices": (("PixelMeasuresSequence", "SpacingBetweenSlices"),),
    "RescaleSlope": (("PixelValueTransformationSequence", "RescaleSlope"),),
    "RescaleIntercept": (("PixelValueTransformationSequence", "RescaleIntercept"),),
    "RescaleType": (("PixelValueTransformationSequence", "RescaleType"),),
    "EchoTime": (("MREchoSequence", "EffectiveEchoTime"),),
    "ImageType": (
        ("MRImageFrameTypeSequence", "FrameType"),
        ("CTImageFrameTypeSequence", "FrameType"),
        ("PETFrameTypeSequence", "FrameType"),
    ),
    "ComplexImageComponent": (("MRImageFrameTypeSequence", "ComplexImageComponent"),),
    "AcquisitionNumber": (("FrameContentSequence", "FrameAcquisitionNumber"),),
    "TemporalPositionIdentifier": (("FrameContentSequence", "TemporalPositionIndex"),),
    "DiffusionBValue": (("MRDiffusionSequence", "DiffusionBValue"),),
    "DiffusionGradientOrientation": (
        ("MRDiffusionSequence", "DiffusionGradientDirectionSequence"),
    ),
    "FlipAngle": (("MRTimingAndRelatedParametersSequence", "FlipAngle"),),
    "StackID": (("FrameContentSequence", "StackID"),),
    "AcquisitionTime": (("FrameContentSequence", "FrameAcquisitionDateTime"),),
    "InversionTime": (("MRModifierSequence", "InversionTimes"),),
    "TriggerTime": (("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime"),),
}


@dataclass(frozen=True, eq=False)
class Lookup:
    """The values of one 2D image: of its own functional groups, of shared ones, of its file.

    Attributes:
        groups: The items of the functional groups of the frame, then the shared ones.
        file: The header of the file, where values are looked for last.
    """

    groups: tuple[Dataset, ...]
    file: Dataset

    def text(self, keyword: str) -> str:
        """Look up a value as text.

        Args:
            keyword: The standard's keyword of a classic header; ``GROUPS`` says where multi-frame
                ones hold it.

        Returns:
            The value, several joined by a backslash; a vendor's private value where the standard's
            is absent, "" where both are.
        """
        for group in self.groups:
            for sequence, inner in GROUPS.get(keyword, ()):
                items = group.get(sequence)
                if items and inner in items[0]:
                    return text(items[0], inner)
        return text(self.file, keyword) or private_text(self.file, keyword)

    def numbers(self, keyword: str, count: int) -> tuple[float, ...] | None:
        """Look up a decimal string of several numbers.

        Args:
            keyword: The standard's keyword.
            count: The numbers that the value must have.

        Returns:
            ``count`` finite numbers; None when there are fewer, more or others.
        """
        try:
            values = tuple(float(word) for word in self.text(keyword).split("\\"))
        except ValueError:
            return None
        finite = all(abs(value) < float("inf") for value in values)
        return values if len(values) == count and finite else None

    def number(self, keyword: str) -> float | None:
        """Look up a single number.

        Args:
            keyword: The standard's keyword.

        Returns:
            A finite number, or None.
        """
        values = self.numbers(keyword, 1)
        return values[0] if values else None


# Looking a keyword up costs more than finding its value.
_tag = cache(Tag)


def text(dataset: Dataset, keyword: str) -> str:
    """Read a value as text without pydicom's conversion, which costs most of a header's time.

    Args:
        dataset: The header or the item of a sequence.
        keyword: The standard's keyword.

    Returns:
        The value without padding, several joined by a backslash; "" when it is absent.
    """
    element = dataset.get_item(_tag(keyword))
    value = None if element is None else element.value
    if isinstance(value, bytes) and keyword in BINARY:
        value = dataset[keyword].value
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("ascii", "replace").strip(" \0")
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Items):
        return "\\".join(str(element_of_item.value) for item in value for element_of_item in item)
    return "\\".join(map(str, value)) if hasattr(value, "__iter__") else str(value)


def content(dataset: Dataset, keyword: str) -> bytes:
    """Read the bytes of a text as they are stored, without the padding around it.

    Two texts of unknown alphabets may read alike and differ in their bytes.

    Args:
        dataset: The header.
        keyword: The standard's keyword.

    Returns:
        The bytes, empty when the value is absent.
    """
    element = dataset.get_item(_tag(keyword))
    value = None if element is None else element.value
    if isinstance(value, bytes):
        return value.strip(b" \t\r\n\0")
    return text(dataset, keyword).strip().encode("utf-8", "surrogatepass")
