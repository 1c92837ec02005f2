"""What a DICOM file without an image is, in words for people."""

from pydicom.dataset import FileDataset

from srviewer.io.dicom_tags import text

STORAGE = "1.2.840.10008.5.1.4.1.1."
DIRECTORY = "1.2.840.10008.1.3.10"
# The start of the SOP class UID (PS3.4 B.5) -> what such files are.
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


def kind_of(header: FileDataset) -> str:
    """The kind of object by its SOP class, in the plural."""
    uid = text(header, "SOPClassUID") or str(header.file_meta.get("MediaStorageSOPClassUID", ""))
    known = (kind for start, kind in KINDS if uid.startswith(start))
    return next(known, "DICOM files without an image" if len(header) else "files that are no DICOM")
