"""Refinement of one axis: model, adaptation, texture, region lock, data consistency."""

from dataclasses import dataclass, replace

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.denoising import removable, without_noise
from srviewer.core.acquisition.noise import kept_noise
from srviewer.core.intensity.intensity_range import Intensity, intensity_of_parts
from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.regions.locked_region import LockWeights
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.core.volumes.voxel_sources import (
    ArrayVoxels,
    KeptVolume,
    Storage,
    VoxelSource,
    VoxelStore,
    shape_of,
)
from srviewer.errors import UserError
from srviewer.job import Job, Progress, within
from srviewer.nn.models.model_file import Model
from srviewer.nn.plans.adaptation import Adaptation, Adapted
from srviewer.sr.cross_plane.adaptation import adapted_model
from srviewer.sr.cross_plane.estimate import Computation, Estimate, EstimateStore
from srviewer.sr.cross_plane.methods import Method, method
from srviewer.sr.cross_plane.padding_restored import image_alone
from srviewer.sr.cross_plane.refinement import Refinement, across
from srviewer.sr.models.available_models import find_model
from srviewer.sr.models.texture_pairs import texture_pair
from srviewer.sr.reconstruction.finishing import Finishing, Lock
from srviewer.sr.requests.request import Request, degradation_of
from srviewer.table import find_row

# Shares of the job at its ends: the estimate that the model is adapted to, the adaptation.
FIRST, ADAPTED = 0.15, 0.75
NOISE = 0.1  # of the job, for the removal of noise
LOCK = 0.05  # of the job, for the interpolation of a locked region


@dataclass(frozen=True, eq=False)
class Refined:
    """A scan refined along one axis.

    Attributes:
        estimate: On the refined grid, with data consistency where the method has it.
        degradation: The acquisition of the scan along the axis.
        model: The model that made it, adapted and with texture; None for interpolation.
        adapted: The measured effect of the adaptation; None without one.
        intensity: Floor and range of the scan.
        computation: What the estimate was computed by.
        noise: Of the scan, a share of the range.
        noise_removed: Whether it was removed first.
    """

    estimate: Estimate[VoxelStore]
    degradation: Degradation
    model: Model | None
    adapted: Adapted | None
    intensity: Intensity
    computation: Computation
    noise: float
    noise_removed: bool


def refined(
    scan: KeptVolume,
    request: Request,
    region: Volume | None,
    lowest: float | None,
    storage: Storage,
) -> Job[Refined]:
    """Refine a scan along the first axis of a request.

    Args:
        scan: The scan.
        request: The reconstruction.
        region: The locked region, voxels above 0; None without one.
        lowest: The lower bound, which padding may be below; None for none.
        storage: Where the estimate is kept.

    Returns:
        A job whose result is the refined scan, with its padding.

    Raises:
        UserError: A name in the request does not exist.
    """
    chosen, fusion = method(request.method), find_row(FUSIONS, request.fusion, "fusion")
    model = find_model(request.model) if chosen.needs_model else None
    sharper = sharper_pair(request, model)
    degradation = degradation_of(scan.header, request)
    yield Progress(0.0, "Measuring the grey levels")
    intensity = intensity_of_parts(scan.voxels.parts, scan.header.padding)
    image = yield from within(image_alone(scan, request.axis, intensity, storage), 0.0, 0.0)
    noise = kept_noise(scan, request.axis)
    settings = request.device, request.flips, intensity, request.precision, noise
    todo = Refinement(degradation, model, fusion, *settings)
    weights = None if region is None else LockWeights(region, scan.header.geometry)
    start = 0.0
    removing = request.agreement == "noise" and chosen.consistent and removable(noise) > 0
    if removing:
        image, start = (yield from within(_cleaned(image, todo, noise), 0.0, NOISE)), NOISE
    adapted, lock, faithful = None, None, None
    if model is not None and request.adaptation is not None:
        job = _adapted(image, todo, chosen, request.adaptation, storage)
        (todo, adapted), start = (yield from within(job, start, ADAPTED)), ADAPTED
    if weights is not None and model is not None:
        stop = start + LOCK * (1 - start)
        lock, start = (yield from within(_lock(image, todo, weights, storage), start, stop)), stop
    if sharper is not None:
        stop = (start + 1.0) / 2
        first = _stored(image, todo, chosen, storage)
        faithful, start = (yield from within(first, start, stop)), stop
        todo = _with_texture(todo, sharper, request.texture)
    slabs = across(request.axis)
    result = EstimateStore(storage, slabs, scan.voxels.shape[slabs])
    finishing = Finishing(scan, degradation, intensity.range, lowest, lock, faithful, result.keep)
    job_of_all = chosen.run(image, todo, storage, finishing.keep)
    computation = yield from within(job_of_all, start, 1.0)
    return Refined(
        result.kept, degradation, todo.model, adapted, intensity, computation, noise, removing
    )


def _cleaned(image: VoxelSource, todo: Refinement, noise: float) -> Job[VoxelSource]:
    """The voxels of a scan without the noise that can be removed."""
    voxels, axis = image.read(0, 0, image.shape[0]), todo.degradation.axis
    data_range = todo.intensity_of(image).range
    cleaned = yield from without_noise(voxels, axis, noise, data_range)
    return ArrayVoxels(shape_of(cleaned), cleaned)


def _stored(
    image: VoxelSource, todo: Refinement, chosen: Method, storage: Storage
) -> Job[EstimateStore]:
    """The whole estimate of a method, without its maps."""
    slabs = across(todo.degradation.axis)
    estimate = EstimateStore(storage, slabs, image.shape[slabs])

    def keep(start: int, slab: Estimate[Voxels]) -> Job[None]:
        yield from estimate.keep(start, Estimate(slab.voxels))

    yield from chosen.run(image, todo, storage, keep)
    return estimate


def _adapted(
    image: VoxelSource, todo: Refinement, chosen: Method, adaptation: Adaptation, storage: Storage
) -> Job[tuple[Refinement, Adapted]]:
    """``todo`` by the model fine-tuned on the scan, and the effect; the scan is in memory."""
    plain = replace(todo, flips=False)
    share = FIRST / ADAPTED
    first = yield from within(_stored(image, plain, chosen, storage), 0.0, share)
    scan, estimate = (each.read(0, 0, each.shape[0]) for each in (image, first.kept.voxels))
    if not plain.degradation.is_block_mean:  # what the network is given in any case
        plain = replace(plain, degradation=plain.degradation.block_mean())
        scan = plain.degradation.apply(estimate)
    job = adapted_model(scan, estimate, plain, adaptation)
    model, adapted = yield from within(job, share, 1.0)
    return replace(todo, model=model), adapted


def _lock(
    image: VoxelSource, todo: Refinement, weights: LockWeights, storage: Storage
) -> Job[Lock]:
    """The region lock: its weights, and the interpolation that stands inside it."""
    interpolated = yield from _stored(image, todo, method("back-projected"), storage)
    return Lock(weights, interpolated)


def _with_texture(todo: Refinement, pair: tuple[Model, Model], texture: float) -> Refinement:
    """``todo`` by its model with texture."""
    from srviewer.nn.models.weight_interpolation import textured  # only where there is a pair

    assert todo.model is not None  # else there is no pair
    return replace(todo, model=textured(todo.model, *pair, texture))


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
