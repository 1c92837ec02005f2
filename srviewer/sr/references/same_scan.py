"""Checks that a stored image belongs to a scan: by the content of both, never by their names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.documents import is_number
from srviewer.errors import UserError
from srviewer.io.export.checksum import crc32_of
from srviewer.io.sidecars.exported_image import made_from, stated_checksum
from srviewer.job import Job

# Of the intensity range: rounding to the scan's data type adds less, another scan far more.
AGREEMENT_TOLERANCE = 0.01


class AnotherScan(UserError):
    """The image and the scan do not belong together."""


def check_source(scan: ScanHeader, document: Mapping[str, Any], image: Path) -> None:
    """Check by the digest in its sidecar that an image was made from a scan.

    Args:
        scan: The scan.
        document: The sidecar of the image. One of version 0.1.0 holds no digest and passes here;
            see ``check_agreement``.
        image: The image's file, for the message.

    Raises:
        AnotherScan: The sidecar holds the digest of another source.
    """
    source_digest = made_from(document)
    if source_digest is not None and (scan.source is None or scan.source.sha256 != source_digest):
        raise _of_another_scan(scan, image)


def check_voxels(stored: Volume, document: Mapping[str, Any], image: Path) -> Job[None]:
    """Check by its checksum that an image is the one that its sidecar describes.

    Args:
        stored: The image as read from ``image``.
        document: Its sidecar.
        image: Its file, for the message.

    Raises:
        UserError: The checksum of the voxels differs, or the sidecar holds none that can be read.
    """
    stated = stated_checksum(document)
    try:
        same = stated and stated[1] == f"{(yield from crc32_of(stored.voxels, stated[0])):08x}"
    except TypeError:  # no data type
        same = False
    if not same:
        raise UserError(
            f"'{image.name}' is not the image that the JSON beside it describes: its voxels are "
            "others. Open the image itself, or reconstruct the scan."
        )


def check_agreement(
    scan: ScanHeader, measured: Consistency, document: Mapping[str, Any], image: Path
) -> None:
    """Check that a result agrees with a scan as well as its sidecar says.

    Only for results whose sidecar holds no digest of their source; others pass.

    Args:
        scan: The scan.
        measured: The size of the residual of the result against this scan.
        document: The sidecar of the result.
        image: The result's file, for the message.

    Raises:
        AnotherScan: The root mean square is not known, or larger than the sidecar says by more than
            ``AGREEMENT_TOLERANCE``.
    """
    if made_from(document) is not None:
        return
    stated = document["provenance"].get("consistency")
    rms = stated.get("rms") if isinstance(stated, dict) else None
    if not is_number(rms) or not measured.rms <= rms + AGREEMENT_TOLERANCE:
        raise _of_another_scan(scan, image)


def _of_another_scan(scan: ScanHeader, image: Path) -> AnotherScan:
    return AnotherScan(
        f"'{scan.name}' is not the scan that '{image.name}' was made from, so the two are not "
        "shown together. Open the image itself, or reconstruct the scan."
    )
