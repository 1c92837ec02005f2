"""Whether a stored image belongs to a scan: by the content of both, never by their names."""

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
    """An image and a scan that do not belong together."""


def check_source(scan: ScanHeader, document: Mapping[str, Any], image: Path) -> None:
    """Raise AnotherScan when ``image`` was not made from ``scan``, by what its JSON says.

    A ``document`` of version 0.1.0 says nothing; see ``check_agreement``.
    """
    known = made_from(document)
    if known is not None and (scan.source is None or scan.source.sha256 != known):
        raise _of_another_scan(scan, image)


def check_voxels(stored: Volume, document: Mapping[str, Any], image: Path) -> Job[None]:
    """Raise UserError when ``image``, read as ``stored``, is not what its JSON is about."""
    stated = stated_checksum(document)
    try:
        same = stated and stated[1] == f"{(yield from crc32_of(stored.voxels, stated[0])):08x}"
    except TypeError:  # no data type
        same = False
    if not same:
        raise UserError(
            f"'{image.name}' is not the image that the JSON beside it describes: its voxels are "
            "others. Open the image itself, or rebuild the scan."
        )


def check_agreement(
    scan: ScanHeader, measured: Consistency, document: Mapping[str, Any], image: Path
) -> None:
    """Raise AnotherScan when a result agrees with ``scan`` less than when it was made.

    For results whose JSON does not say by content what they were made from.
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
        "shown together. Open the image itself, or rebuild the scan."
    )
