"""Refinement of one axis: model, adaptation, texture, region lock, data consistency."""

from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import Intensity, volume_intensity
from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.reconstruction.iterative_back_projection import back_projected
from srviewer.core.reconstruction.lower_bound import raised
from srviewer.core.regions.locked_region import lock_weights, locked
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.job import Job, Progress, within
from srviewer.nn.models.model_file import Model
from srviewer.nn.plans.adaptation import Adapted
from srviewer.sr.cross_plane.adaptation import adapted_model
from srviewer.sr.cross_plane.methods import Method, method
from srviewer.sr.cross_plane.padding_restored import (
    image_alone,
    marked_estimate,
    thin_padding,
    zero_in_padding,
)
from srviewer.sr.cross_plane.refinement import Estimate, Refinement
from srviewer.sr.models.available_models import find_model
from srviewer.sr.models.texture_pairs import texture_pair
from srviewer.sr.requests.request import Request, degradation_of
from srviewer.table import find_row

FIRST, ADAPTED, RECONSTRUCTED = 0.15, 0.75, 0.92  # shares of the job


@dataclass(frozen=True, eq=False)
class Refined:
    """A scan refined along one axis.

    Attributes:
        estimate: On the refined grid, with data consistency where the method has it.
        degradation: The acquisition of the scan along the axis.
        model: The model that made it, adapted and with texture; None for interpolation.
        adapted: The measured effect of the adaptation; None without one.
        texture: (i, j, k) magnitudes of the change by texture; None without texture.
        intensity: Floor and range of the scan.
    """

    estimate: Estimate
    degradation: Degradation
    model: Model | None
    adapted: Adapted | None
    texture: Voxels | None
    intensity: Intensity


def refined(
    scan: Volume, request: Request, region: Volume | None, lowest: float | None = None
) -> Job[Refined]:
    """Refine a scan along the first axis of a request.

    Args:
        scan: The scan.
        request: The reconstruction.
        region: The locked region, voxels above 0; None without one.
        lowest: The lower bound, which padding may be below; None for none.

    Returns:
        A job whose result is the refined scan, with its padding.

    Raises:
        UserError: A name in the request does not exist.
    """
    unmarked = yield from within(_unmarked(scan, request, region), 0.0, 0.98)
    estimate, degradation = unmarked.estimate, unmarked.degradation
    if lowest is not None:
        job = raised(estimate.voxels, degradation, lowest, unmarked.intensity.range)
        estimate = replace(estimate, voxels=(yield from within(job, 0.98, 1.0)))
    return replace(
        unmarked,
        estimate=marked_estimate(estimate, scan, degradation),
        texture=zero_in_padding(unmarked.texture, thin_padding(scan, [_grid(degradation)])),
    )


def _unmarked(scan: Volume, request: Request, region: Volume | None) -> Job[Refined]:
    """``refined`` before the lower bound, with computed values in the place of padding."""
    chosen, fusion = method(request.method), find_row(FUSIONS, request.fusion, "fusion")
    model = find_model(request.model) if chosen.needs_model else None
    sharper = sharper_pair(request, model)
    degradation = degradation_of(scan, request)
    yield Progress(0.0, "Measuring the grey levels")
    intensity = volume_intensity(scan)
    image = yield from within(image_alone(scan, request.axis, intensity), 0.0, 0.0)
    todo = Refinement(
        degradation, model, fusion, request.device, request.flips, intensity, request.precision
    )
    weights = None if region is None else lock_weights(region, scan.geometry)
    start, adapted = 0.0, None
    if model is not None and request.adaptation is not None:
        plain = replace(todo, flips=False)
        first = yield from within(_consistent(image, plain, chosen), 0.0, FIRST)
        job = adapted_model(image, first.voxels, plain, request.adaptation)
        model, adapted = yield from within(job, FIRST, ADAPTED)
        todo, start = replace(todo, model=model), ADAPTED
    rebuilt = RECONSTRUCTED if weights is not None and model is not None else 1.0
    stop = (start + rebuilt) / 2 if sharper else rebuilt
    estimate = yield from within(_consistent(image, todo, chosen), start, stop)
    change = None
    if sharper is not None and model is not None:
        from srviewer.nn.models.weight_interpolation import (
            textured,  # only needed where there is a pair
        )

        model = textured(model, *sharper, request.texture)
        faithful, todo = estimate.voxels, replace(todo, model=model)
        estimate = yield from within(_consistent(image, todo, chosen), stop, rebuilt)
        change = np.abs(estimate.voxels - faithful)
    if weights is not None and model is not None:
        plain_job = method("back-projected").run(image, todo)
        interpolated = yield from within(plain_job, RECONSTRUCTED, 1.0)
        estimate = _locked(estimate, interpolated.voxels, weights, degradation)
        zero = np.zeros_like(estimate.voxels)
        change = None if change is None else locked(change, zero, weights, *_grid(degradation))
    return Refined(estimate, degradation, model, adapted, change, intensity)


def sharper_pair(request: Request, model: Model | None) -> tuple[Model, Model] | None:
    """The fidelity model and its texture model, where texture is requested.

    Args:
        request: The reconstruction.
        model: The fidelity model; None for interpolation.

    Returns:
        (fidelity model, texture model); None without texture or model.

    Raises:
        UserError: The model has no texture model.
    """
    if not request.texture or model is None:
        return None
    pair = texture_pair(request.model)
    if pair is None:
        raise UserError(
            f"The model '{model.name}' has no texture model. Leave out the texture, choose "
            f"another model, or train one: srviewer train with --preset fast-texture and "
            f"--start-from."
        )
    return model, pair


def _consistent(scan: Voxels, todo: Refinement, chosen: Method) -> Job[Estimate]:
    """The estimate of a method, with iterative back-projection where a network needs it."""
    if not chosen.needs_model or todo.degradation.is_block_mean:
        return (yield from chosen.run(scan, todo))
    estimate = yield from within(chosen.run(scan, todo), 0.0, 0.9)
    data_range = todo.intensity_of(scan).range
    job = back_projected(estimate.voxels, scan, todo.degradation, data_range)
    return replace(estimate, voxels=(yield from within(job, 0.9, 1.0)))


def _locked(
    estimate: Estimate, plain: Voxels, weights: Voxels, degradation: Degradation
) -> Estimate:
    """Interpolation inside the region, where the maps of planes and copies are 0."""
    grid = _grid(degradation)

    def faded(values: Voxels | None) -> Voxels | None:
        return None if values is None else locked(values, np.zeros_like(values), weights, *grid)

    return replace(
        estimate,
        voxels=locked(estimate.voxels, plain, weights, *grid),
        disagreement=faded(estimate.disagreement),
        spread=faded(estimate.spread),
    )


def _grid(degradation: Degradation) -> tuple[int, int]:
    return degradation.axis, degradation.factor
