"""A model fitted to the scan that it is about to rebuild: the doors to torch and the guard."""

from typing import TYPE_CHECKING

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.volumes.volume import Voxels
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
    """The model of ``todo`` fitted to ``scan``; ``first``: the estimate that it made of it.

    It stays as it was where the scan's held-out slices do not improve, or where there is too
    little to learn from (no steps then).
    """
    from srviewer.nn.training.adapt import adapt  # a door to torch

    model = todo.model
    if model is None:
        raise ValueError("there is no model to adapt")
    try:
        source, held_out = learned_from(
            scan, first, model, todo.degradation, adaptation.seed, todo.intensity_of(scan)
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
    """What ``model`` learns from a scan and its first estimate, and the slices that are held out.

    Raises ValueError where the estimate is too small.
    """
    from srviewer.nn.data.scan_pairs import ScanPairs  # doors to torch
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
