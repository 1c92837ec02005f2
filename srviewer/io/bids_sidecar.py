"""What a BIDS sidecar, the JSON beside a NIfTI image, says of its acquisition."""

import json
import math
from pathlib import Path

from srviewer.io.provenance import sidecar

MOST_BYTES = 2**20  # a sidecar is a page of text


def slice_thickness(image: Path) -> float | None:
    """SliceThickness in mm; None where there is no sidecar, or none that says it."""
    path = sidecar(image)
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        value = json.loads(path.read_text(encoding="utf-8"))["SliceThickness"]
        thickness = float(value)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return thickness if math.isfinite(thickness) and thickness > 0 else None
