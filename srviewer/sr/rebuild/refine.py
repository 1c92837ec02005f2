"""One axis of a scan refined: model, adaptation, texture, region lock, agreement with the scan."""

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
    cleared,
    image_alone,
    marked_estimate,
    thin_padding,
)
from srviewer.sr.cross_plane.refinement import Estimate, Refinement
from srviewer.sr.models.available_models import find_model
from srviewer.sr.models.texture_pairs import texture_pair
from srviewer.sr.requests.request import Request, degradation_of
from srviewer.table import find_row

FIRST, ADAPTED, REBUILT = 0.15, 0.75, 0.92  # shares of the job


@dataclass(frozen=True, eq=False)
class Refined:
    """``estimate``: on the refined grid, held to the scan where the method is.

    ``model``: what made it, None for interpolation. ``adapted``: how the adaptation went, None
    without one. ``texture``: |with - without texture| for each voxel, None without texture.
    ``intensity``: of the scan.
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
    """``scan`` refined along the first axis of ``request``, nothing learned inside ``region``.

    ``lowest``: the least value that a voxel may have, but for padding; None for any.
    Raises UserError for what the request names and is not there.
    """
    found = yield from within(_unmarked(scan, request, region), 0.0, 0.98)
    estimate, degradation = found.estimate, found.degradation
    if lowest is not None:
        job = raised(estimate.voxels, degradation, lowest, found.intensity.range)
        estimate = replace(estimate, voxels=(yield from within(job, 0.98, 1.0)))
    return replace(
        found,
        estimate=marked_estimate(estimate, scan, degradation),
        texture=cleared(found.texture, thin_padding(scan, [_grid(degradation)])),
    )


def _unmarked(scan: Volume, request: Request, region: Volume | None) -> Job[Refined]:
    """``refined`` before anything is raised, with computed values in the place of padding."""
    chosen, fusion = method(request.method), find_row(FUSIONS, request.fusion, "fusion")
    model = find_model(request.model) if chosen.needs_model else None
    sharper = sharper_pair(request, model)
    degradation = degradation_of(scan, request)
    yield Progress(0.0, "Measuring the grey levels")
    intensity = volume_intensity(scan)
    image = yield from within(image_alone(scan, request.axis, intensity), 0.0, 0.0)
    todo = Refinement(degradation, model, fusion, request.device, request.flips, intensity)
    weights = None if region is None else lock_weights(region, scan.geometry)
    start, adapted = 0.0, None
    if model is not None and request.adaptation is not None:
        plain = replace(todo, flips=False)
        first = yield from within(_held(image, plain, chosen), 0.0, FIRST)
        job = adapted_model(image, first.voxels, plain, request.adaptation)
        model, adapted = yield from within(job, FIRST, ADAPTED)
        todo, start = replace(todo, model=model), ADAPTED
    stop = (start + REBUILT) / 2 if sharper else REBUILT
    estimate = yield from within(_held(image, todo, chosen), start, stop)
    change = None
    if sharper is not None and model is not None:
        from srviewer.nn.models.weight_interpolation import (
            textured,  # only needed where there is a pair
        )

        model = textured(model, *sharper, request.texture)
        faithful, todo = estimate.voxels, replace(todo, model=model)
        estimate = yield from within(_held(image, todo, chosen), stop, REBUILT)
        change = np.abs(estimate.voxels - faithful)
    if weights is not None and model is not None:
        plain_job = method("back-projected").run(image, todo)
        interpolated = yield from within(plain_job, REBUILT, 1.0)
        estimate = _locked(estimate, interpolated.voxels, weights, degradation)
        zero = np.zeros_like(estimate.voxels)
        change = None if change is None else locked(change, zero, weights, *_grid(degradation))
    return Refined(estimate, degradation, model, adapted, change, intensity)


def sharper_pair(request: Request, model: Model | None) -> tuple[Model, Model] | None:
    """The model and its sharper pair, where texture is asked for; UserError when it has none."""
    if not request.texture or model is None:
        return None
    pair = texture_pair(request.model)
    if pair is None:
        raise UserError(
            f"The model '{model.name}' has no sharper pair. Leave out the texture, choose another "
            f"model, or train a pair: srviewer train with --preset fast-texture and --start-from."
        )
    return model, pair


def _held(scan: Voxels, todo: Refinement, chosen: Method) -> Job[Estimate]:
    """The estimate of a method; held to the scan where the network itself does not do that."""
    estimate = yield from within(chosen.run(scan, todo), 0.0, 0.9)
    if not chosen.needs_model or todo.degradation.is_block_mean:
        return estimate
    data_range = todo.intensity_of(scan).range
    job = back_projected(estimate.voxels, scan, todo.degradation, data_range)
    return replace(estimate, voxels=(yield from within(job, 0.9, 1.0)))


def _locked(
    estimate: Estimate, plain: Voxels, weights: Voxels, degradation: Degradation
) -> Estimate:
    """Interpolation inside the region, where planes and copies have nothing to differ about."""
    grid = _grid(degradation)

    def faded(made: Voxels | None) -> Voxels | None:
        return None if made is None else locked(made, np.zeros_like(made), weights, *grid)

    return replace(
        estimate,
        voxels=locked(estimate.voxels, plain, weights, *grid),
        disagreement=faded(estimate.disagreement),
        spread=faded(estimate.spread),
    )


def _grid(degradation: Degradation) -> tuple[int, int]:
    return degradation.axis, degradation.factor
