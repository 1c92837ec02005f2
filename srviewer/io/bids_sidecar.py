"""What a BIDS sidecar, the JSON beside a NIfTI image, says of its acquisition."""

import math
from pathlib import Path

from srviewer.io.provenance import sidecar
from srviewer.ordinary import json_of


def slice_thickness(image: Path) -> float | None:
    """SliceThickness in mm; None where there is no sidecar, or none that says it."""
    try:
        thickness = float(json_of(sidecar(image))["SliceThickness"])
    except (OSError, ValueError, LookupError, TypeError, OverflowError):
        return None
    return thickness if math.isfinite(thickness) and thickness > 0 else None
