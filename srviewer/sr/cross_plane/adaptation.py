"""Adaptation: a model fine-tuned on the scan before it is reconstructed, and the guard."""

from typing import TYPE_CHECKING

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import ArrayVoxels, shape_of
from srviewer.job import Job
from srviewer.nn.models.model_file import Model
from srviewer.nn.plans.adaptation import Adaptation, Adapted
from srviewer.sr.cross_plane.refinement import Refinement, passes

if TYPE_CHECKING:
    from srviewer.nn.data.prefetching import BatchSource
    from srviewer.nn.data.scan_pairs import ScanPair


def adapted_model(
    scan: Voxels, first: Voxels, todo: Refinement, adaptation: Adaptation
) -> Job[tuple[Model, Adapted]]:
    """Fine-tune the model of a refinement on the scan itself.

    The guard keeps the model as it was where the scan's held-out slices do not improve.

    Args:
        scan: (i, j, k) thick voxels without padding.
        first: (i, j, k) estimate on the refined grid, made by the model as it is.
        todo: The refinement that the model is for.
        adaptation: How long to fine-tune, and the seed.

    Returns:
        A job whose result is the model to use, and the measured effect of the adaptation: no steps
        where the scan is too small.

    Raises:
        ValueError: ``todo`` has no model.
    """
    from srviewer.nn.training.adapt import adapt  # lazy: loads torch

    model = todo.model
    if model is None:
        raise ValueError("there is no model to adapt")
    try:
        source, held_out = learned_from(
            scan,
            first,
            model,
            todo.degradation,
            adaptation.seed,
            todo.intensity_of(ArrayVoxels(shape_of(scan), scan)),
        )
    except ValueError:  # the guard's answer where nothing can be learned
        return model, Adapted(False, 0.0, 0.0, 0, 0.0)
    return (yield from adapt(model, source, held_out, adaptation, todo.device))


def learned_from(
    scan: Voxels,
    first: Voxels,
    model: Model,
    degradation: Degradation,
    seed: int,
    intensity: Intensity,
) -> tuple["BatchSource", "list[ScanPair]"]:
    """The training data that adaptation takes from a scan, and its held-out slices.

    Args:
        scan: (i, j, k) thick voxels without padding.
        first: (i, j, k) estimate on the refined grid.
        model: The model to adapt.
        degradation: The acquisition of the scan.
        seed: Of the choice of patches.
        intensity: Floor and range of the scan, by which both volumes are normalised.

    Returns:
        (source of training batches, held-out pairs). The batches are pairs of the estimate, in
        turns with planes of the measured scan where one pass reaches the factor.

    Raises:
        ValueError: The estimate is too small for a pair.
    """
    from srviewer.nn.data.scan_pairs import ScanPairs  # lazy: loads torch
    from srviewer.nn.data.scan_planes import InTurns, ThickPlanes

    neighbours = model.plan.neighbours
    measured, estimate = intensity.shares(scan), intensity.shares(first)
    stages = passes(degradation.factor, model.factors)
    pairs = ScanPairs(estimate, degradation, tuple(sorted(set(stages))), neighbours, seed)
    if len(stages) > 1:  # what lies between two passes is not known
        return pairs, pairs.held_out()
    axis, factor = degradation.axis, degradation.factor
    planes = ThickPlanes(measured, estimate, axis, factor, neighbours, seed)
    return InTurns((pairs, planes)), pairs.held_out()
