"""A model fitted to the scan that it is about to rebuild: the doors to torch and the guard."""

import numpy as np

from srviewer.core.metrics import intensity_range
from srviewer.core.volume import Voxels
from srviewer.job import Job
from srviewer.nn.adaptation import Adaptation, Adapted
from srviewer.nn.model_file import Model
from srviewer.sr.cross_plane import Refinement, air_level, passes


def adapted_model(
    scan: Voxels, first: Voxels, todo: Refinement, adaptation: Adaptation
) -> Job[tuple[Model, Adapted]]:
    """The model of ``todo`` after learning from ``first``, the estimate that it made of ``scan``.

    It stays as it was where the scan's held-out slices do not improve, or where there is too
    little to learn from (no steps then).
    """
    from srviewer.nn.adapt import adapt  # a door to torch
    from srviewer.nn.scan_pairs import ScanPairs

    model = todo.model
    if model is None:
        raise ValueError("there is no model to adapt")
    floor = air_level(scan)
    shares = (first - floor) / np.float32(intensity_range(scan - floor))
    factors = tuple(sorted(set(passes(todo.degradation.factor, model.factors))))
    try:
        pairs = ScanPairs(shares, todo.degradation, factors, model.plan.neighbours, adaptation.seed)
    except ValueError:  # the guard's answer where nothing can be learned
        return model, Adapted(False, 0.0, 0.0, 0, 0.0)
    return (yield from adapt(model, pairs, adaptation, todo.device))
