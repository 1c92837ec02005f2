"""Numbers in the BIDS sidecar of a NIfTI image."""

from pathlib import Path

from srviewer.documents import is_number, read_document
from srviewer.io.sidecars.provenance import sidecar

MOST_BYTES = 2**20  # a sidecar is a page of text


def sidecar_thickness(image: Path) -> float | None:
    """Read SliceThickness from the sidecar of an image.

    Args:
        image: The path of the image.

    Returns:
        mm, above 0; None where there is no sidecar, or none with that value.
    """
    return _positive(image, "SliceThickness")


def sidecar_interval(image: Path) -> float | None:
    """Read RepetitionTime, from one volume of a series in time to the next, from the sidecar.

    Args:
        image: The path of the image.

    Returns:
        Seconds, above 0; None where there is no sidecar, or none with that value.
    """
    return _positive(image, "RepetitionTime")


def _positive(image: Path, key: str) -> float | None:
    try:
        # Other programs' numbers need not be finite where they are not asked for.
        value = read_document(sidecar(image), MOST_BYTES, strict=False)[key]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if isinstance(value, str):  # some converters write numbers as text
        value = _number(value)
    return float(value) if is_number(value) and value > 0 else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
