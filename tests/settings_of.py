"""A value for each field of a request that is not its own, for tests of what keeps requests."""

from dataclasses import replace
from typing import Any

from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.requests.request import Request

# They suit the thick phantom; all of them together are a request as well.
OTHERS: dict[str, Any] = {
    "axis": 0,
    "factor": 3,
    "method": "linear",
    "model": "quality",
    "fusion": "first",
    "device": "cpu",
    "isotropic": True,
    "gaps": "run",
    "profile": "gaussian",
    "thickness_mm": 1.2345678901234567,
    "also": ((1, 2),),
    "adaptation": Adaptation(37.123456789012345, 12, 5),
    "texture": 0.12345678901234568,
    "flips": True,
    "minimum": "scan",
    "repair": ("motion", "slices"),
    "agreement": "noise",
    "precision": "float32",
    "time_bandwidth": 2.5,
    "model_reason": "it is quick",
}


def every_setting(request: Request) -> Request:
    """``request`` with another value in every field."""
    return replace(request, **OTHERS)
