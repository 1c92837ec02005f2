"""What a reconstruction is asked to do, and what suits a scan."""

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np

from srviewer.core.degrade import Degradation
from srviewer.core.geometry import AXIS_NAMES, Axis, Geometry
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.sr.cross_plane import reachable
from srviewer.sr.models import DEFAULT_MODEL, find_model

Gaps = Literal["run", "fill"]
GAPS: tuple[Gaps, ...] = ("run", "fill")

LARGEST_FACTOR = 64
# A ratio of spacings this little above an integer is refined by that integer.
RATIO_TOLERANCE = 0.05


@dataclass(frozen=True)
class Request:
    """What to do: refine by ``factor`` along the array axis ``axis``, by which means.

    ``method``, ``fusion``: ids in METHODS, FUSIONS. ``model``: a name or a file; unused by
    interpolation. ``isotropic``: resample the result to the in-plane spacing exactly. ``gaps``:
    what becomes of missing or uneven slices, see ``srviewer.sr.gaps``.
    """

    axis: Axis
    factor: int
    method: str = "cross-plane"
    model: str = DEFAULT_MODEL
    fusion: str = "mean"
    device: str = "auto"
    isotropic: bool = False
    gaps: Gaps = "fill"


def suggested_request(
    scan: Volume, axis: Axis | None = None, model: str = DEFAULT_MODEL
) -> Request:
    """The least factor that the model can reach and that makes cubes, along ``axis``.

    Without an axis: along the detected thick one, else along the coarsest.
    """
    geometry = scan.geometry
    if axis is None:
        axis = geometry.thick_axis
    if axis is None:
        axis = int(np.argmax(geometry.spacing))
    factor = suggested_factor(geometry, axis, find_model(model).factors)
    return Request(axis, factor, model=model)


def suggested_factor(geometry: Geometry, axis: Axis, known: tuple[int, ...]) -> int:
    """The least reachable factor that makes ``axis`` at least as fine as the in-plane axes."""
    wanted = max(2, ceil(geometry.thick_ratio(axis) - RATIO_TOLERANCE))
    every = range(wanted, LARGEST_FACTOR + 1)
    return next((factor for factor in every if reachable(factor, known)), max(known))


def degradation_of(request: Request) -> Degradation:
    """How the scan came from what ``request`` asks for."""
    return Degradation(axis=request.axis, factor=request.factor)


def check_request(scan: Volume, request: Request) -> None:
    """Raise UserError for a factor, an axis or a resampling that cannot be done."""
    slices = scan.geometry.shape[request.axis]
    if slices < 2:
        raise UserError(
            f"'{scan.name}' has {slices} slice along {AXIS_NAMES[request.axis]}; there is nothing "
            f"to rebuild between. Open the whole series, or choose another axis."
        )
    if request.isotropic and request.axis != int(np.argmax(scan.geometry.spacing)):
        raise UserError(
            f"Isotropic voxels would be coarser than the scan along {AXIS_NAMES[request.axis]}. "
            f"Choose the axis of the thick slices, or leave the spacing as it comes."
        )
    if not 2 <= request.factor <= LARGEST_FACTOR:
        raise UserError(f"A factor is a whole number from 2 to {LARGEST_FACTOR}.")
