"""Ways to join the two planes, one of them weighted by how well each meets the scan unasked."""

from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter

from benchmarks.ablation.networks import unheld
from benchmarks.ablation.scoring import Case, mean_by_factor, two_planes
from srviewer.core.acquisition.degradation import residual
from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.volumes.volume import Voxels
from srviewer.nn.models.model_file import Model

FLOOR = 0.005  # of the intensity range: below it a residual says nothing


def fused_gains(model: Model, scored: list[Case]) -> dict[str, dict[int, float]]:
    """Fusion -> factor -> dB over cubic."""
    found: dict[str, list[tuple[int, float]]] = {}
    loose = _loose(model)
    for case in scored:
        first, second = two_planes(model, case)
        made = {row.title: row.fuse(first, second) for row in FUSIONS}
        share = _share_of_first(*two_planes(loose, case), case)
        made["Weighted by agreement before it is enforced"] = share * first + (1 - share) * second
        for name, voxels in made.items():
            gain = case.psnr(voxels) - case.cubic
            found.setdefault(name, []).append((case.degradation.factor, gain))
    return {name: mean_by_factor(rows) for name, rows in found.items()}


def _loose(model: Model) -> Model:
    """The model without the exact means at its end."""
    return replace(model, spec=replace(model.spec, build=unheld))


def _share_of_first(first: Voxels, second: Voxels, case: Case) -> Voxels:
    """The weight of the first plane, constant over each thick voxel, so that means are kept."""
    trust = []
    for plane in (first, second):
        off = residual(plane, case.scan, case.degradation) / case.scale
        trust.append(1 / (gaussian_filter(off**2, 1) + FLOOR**2))
    share = trust[0] / (trust[0] + trust[1])
    return np.repeat(share, case.degradation.factor, axis=case.degradation.axis)
