"""Kinds of DICOM files that are not opened as scans, named for messages."""

from pydicom.dataset import FileDataset

from srviewer.io.dicom.elements.tags import text

STORAGE = "1.2.840.10008.5.1.4.1.1."
# Segmentation, Surface, Label Map and Height Map Segmentation Storage.
SEGMENTATIONS = tuple(f"{STORAGE}66.{number}" for number in (4, 5, 7, 8))
DIRECTORY = "1.2.840.10008.1.3.10"
# The start of the SOP class UID (PS3.4 B.5) -> the kind of such files.
KINDS = (
    (DIRECTORY, "DICOMDIR tables of contents"),
    (STORAGE + "88.", "structured reports"),
    (STORAGE + "104.", "documents (PDF and the like)"),
    (STORAGE + "11.", "presentation states"),
    (STORAGE + "9.", "waveforms"),
    (STORAGE + "481.", "radiotherapy plans and structures"),
    (STORAGE + "66", "raw data and registrations"),
    (STORAGE + "4.2", "spectra"),
)


def is_segmentation_object(header: FileDataset) -> bool:
    """Whether the file holds regions that were drawn on images, by its class or modality.

    Args:
        header: The file's header with its meta information.

    Returns:
        True for the four segmentation storage classes and for the modality SEG.
    """
    return _sop_class(header) in SEGMENTATIONS or text(header, "Modality") == "SEG"


def kind_of(header: FileDataset) -> str:
    """Name the kind of an object without an image, by its SOP class.

    Args:
        header: The file's header with its meta information.

    Returns:
        Words in the plural, such as "structured reports".
    """
    if is_segmentation_object(header):
        return "segmentations"
    known = (kind for start, kind in KINDS if _sop_class(header).startswith(start))
    return next(known, "DICOM files without an image" if len(header) else "files that are no DICOM")


def kind_of_image(header: FileDataset) -> str:
    """Name the kind of an image whose pixels are not grey values.

    Args:
        header: The file's header with its meta information.

    Returns:
        Words in the plural, such as "colour images".
    """
    if is_segmentation_object(header):
        return "segmentations"
    if header.get("SamplesPerPixel", 1) != 1:
        return "colour images"
    if header.get("BitsAllocated") == 1:
        return "images of one bit"
    return "images of a kind that is not known"


def _sop_class(header: FileDataset) -> str:
    stated = header.file_meta.get("MediaStorageSOPClassUID", "")
    return text(header, "SOPClassUID") or str(stated)
