"""The sidecar of an exported image: its grid, its history and its provenance as JSON."""

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

# Of images, without which their names are those of their sidecars; those of packing come first.
ENDINGS = (".gz", ".bz2", ".nii", ".hdr", ".img", ".nrrd", ".nhdr", ".mha", ".mhd", ".mgz", ".mgh")


def sidecar(image: Path) -> Path:
    """The path of an image's sidecar.

    Args:
        image: The path of the image, such as ``out.nii.gz``.

    Returns:
        The path with the ending .json, such as ``out.json``.
    """
    name = image.name
    for suffix in ENDINGS:
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
    """Build the text of a sidecar.

    Args:
        volume: The result.
        image: The path of the image.
        data_type: Numpy's name of the data type in the file.
        checksum: CRC-32 of the voxels' bytes in the file, in hex.
        provenance: The source, request and model of the result.
        described: Further values, which come first.

    Returns:
        JSON text.
    """
    file = {"name": image.name, "data_type": data_type, "voxels_crc32": checksum}
    return as_text({**described, "file": file, **story(volume, provenance)})


def story(volume: ScanHeader, provenance: Mapping[str, object]) -> dict[str, object]:
    """Collect the values that every export states of a volume: grid, history, warnings, provenance.

    Args:
        volume: The result.
        provenance: The source, request and model of the result.

    Returns:
        Values by the keys of the sidecar; ``json_value`` makes JSON of them.
    """
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
    """Write values as the text of a JSON file.

    Args:
        content: The values, of types that ``json_value`` converts.

    Returns:
        Indented JSON text that ends with a newline.

    Raises:
        TypeError: A value of another type.
    """
    return json.dumps(json_value(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def check_document(path: Path, expected: str) -> None:
    """Check that a file holds the text that was written.

    Args:
        path: The file.
        expected: The text.

    Raises:
        UserError: The file holds something else.
    """
    if path.read_bytes() != encoded(expected):
        raise UserError(f"'{path.name}' was not written correctly. Check the disk and try again.")


def json_value(value: object) -> object:
    """Convert a value to the types of JSON.

    Args:
        value: Mappings, sequences, arrays, paths, texts and numbers, nested in any way.

    Returns:
        Arrays as lists, paths as text, numbers that are not finite as None.

    Raises:
        TypeError: A value of another type.
    """
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return json_value(value.tolist())
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a JSON document: {value!r}")
