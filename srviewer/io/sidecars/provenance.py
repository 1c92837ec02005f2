"""The JSON beside an exported image: what it is and how it came to be."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.atomic import encoded
from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError


def sidecar(image: Path) -> Path:
    """The JSON's path: ``out.nii.gz`` -> ``out.json``."""
    name = image.name
    for suffix in (".gz", ".nii", ".hdr", ".img"):
        name = name[: -len(suffix)] if name.lower().endswith(suffix) else name
    return image.with_name(f"{name}.json")


def document(
    volume: ScanHeader,
    image: Path,
    data_type: str,
    checksum: str,
    provenance: Mapping[str, object],
    described: Mapping[str, object],
) -> str:
    """The JSON text; ``checksum`` is the CRC-32 of the voxels' bytes in the file.

    ``described``: what it says besides, first.
    """
    file = {"name": image.name, "data_type": data_type, "voxels_crc32": checksum}
    return as_text({**described, "file": file, **story(volume, provenance)})


def story(volume: ScanHeader, provenance: Mapping[str, object]) -> dict[str, object]:
    """What every export tells of a volume: where its voxels lie, how they came to be."""
    geometry = volume.geometry
    return {
        "notice": RESEARCH_USE_ONLY,
        "software": {"name": "srviewer", "version": __version__},
        "written_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "name": volume.name,
        "modality": volume.modality,
        "unit": volume.unit,
        "geometry": {
            "shape": geometry.shape,
            "spacing_mm": geometry.spacing,
            "affine": geometry.affine,
            "world": "RAS+ mm",
        },
        "history": volume.history,
        "warnings": [asdict(warning) for warning in volume.warnings],
        "provenance": provenance,
    }


def as_text(content: Mapping[str, object]) -> str:
    """Values as the text of a JSON file; TypeError for what has no place in one."""
    return json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def check_document(path: Path, expected: str) -> None:
    """Raise UserError when the file does not hold ``expected``."""
    if path.read_bytes() != encoded(expected):
        raise UserError(f"'{path.name}' was not written correctly. Check the disk and try again.")


def plain(value: object) -> object:
    """``value`` in JSON's own types: arrays as lists, paths as text, numbers that are none as null.

    Raises TypeError for anything else.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a JSON document: {value!r}")
