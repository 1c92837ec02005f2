"""Gain of a model over cubic on the middle of each volume, along each of its axes."""

from dataclasses import dataclass

import numpy as np
import torch

from benchmarks.ablation.learning import axial_branch, multiply_adds
from benchmarks.ablation.networks import AxialBranch
from benchmarks.pieces import middle
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.reconstruction.fusion import mean
from srviewer.core.scores.metrics import psnr
from srviewer.core.slices.planes import cross_planes, restack, unstack
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import run
from srviewer.nn.inference.infer import Upsampler
from srviewer.nn.models.model_file import Model

FACTORS = (2, 4)
AXES = (0, 1, 2)


@dataclass(frozen=True, eq=False)
class Case:
    """A thin volume, degraded. ``scale``: the intensity range of the scan."""

    truth: Voxels
    scan: Voxels
    degradation: Degradation
    scale: float
    cubic: float

    def psnr(self, made: Voxels) -> float:
        """Over the foreground, in dB."""
        found = measured_intensity(self.truth)
        return psnr(self.truth, made, found.range, found.foreground(self.truth)) or 0.0


def cases(volumes: list[Volume], side: int) -> list[Case]:
    """Each volume's middle along each axis by each factor."""
    return [
        _case(middle(volume.voxels, side), Degradation(axis, factor))
        for volume in volumes
        for factor in FACTORS
        for axis in AXES
    ]


def _case(thin: Voxels, degradation: Degradation) -> Case:
    axis, factor = degradation.axis, degradation.factor
    scan = degradation.apply(thin)
    rows = slice(scan.shape[axis] * factor)
    truth = np.ascontiguousarray(thin[tuple(rows if a == axis else slice(None) for a in AXES)])
    case = Case(truth, scan, degradation, measured_intensity(scan).range, 0.0)
    plain = cubic(scan, axis, thin_positions(scan.shape[axis], factor))
    return Case(truth, scan, degradation, case.scale, case.psnr(plain))


def two_planes(model: Model, case: Case) -> tuple[Voxels, Voxels]:
    """The estimate of each plane on the thin grid."""
    upsampler = Upsampler(model, "cpu")
    made = []
    for group in cross_planes(case.degradation.axis):
        slices = unstack(case.scan, group.thick, group.normal)
        fine = run(upsampler.upsample(slices, case.degradation.factor, case.scale))
        made.append(np.ascontiguousarray(restack(fine, group.thick, group.normal)))
    return made[0], made[1]


def mean_by_factor(found: list[tuple[int, float]]) -> dict[int, float]:
    """(factor, dB) pairs to the mean for each factor."""
    return {factor: float(np.mean([x for f, x in found if f == factor])) for factor in FACTORS}


def gains(model: Model, scored: list[Case]) -> dict[int, float]:
    """Factor -> dB over cubic of the mean of both planes."""
    return mean_by_factor(
        [
            (case.degradation.factor, case.psnr(mean(*two_planes(model, case))) - case.cubic)
            for case in scored
        ]
    )


def with_axial_branch(
    model: Model, volumes: list[Volume], scored: list[Case], steps: int, seed: int
) -> tuple[dict[int, float], float, int]:
    """The gains with a third branch behind the two, its seconds of training and its cost."""
    learned_from = cases(volumes, 64)
    pairs = [
        (np.moveaxis(estimate, axis, 0) / case.scale, np.moveaxis(case.truth, axis, 0) / case.scale)
        for case in learned_from
        for axis in (case.degradation.axis,)
        for estimate in (mean(*two_planes(model, case)),)
    ]
    branch, seconds = axial_branch(pairs, steps, seed)
    found = []
    for case in scored:
        estimate = mean(*two_planes(model, case))
        made = estimate + case.scale * _axial_detail(
            branch, estimate / case.scale, case.degradation
        )
        found.append((case.degradation.factor, case.psnr(made) - case.cubic))
    return mean_by_factor(found), seconds, multiply_adds(branch, 3)


def _axial_detail(branch: AxialBranch, estimate: Voxels, degradation: Degradation) -> Voxels:
    """What the branch adds, less its block means, so that the scan is still met exactly."""
    axis, factor = degradation.axis, degradation.factor
    stack = np.moveaxis(estimate, axis, 0)
    padded = np.pad(stack, ((1, 1), (0, 0), (0, 0)), mode="edge")
    with torch.inference_mode():
        detail = np.stack(
            [
                branch(torch.from_numpy(padded[n : n + 3].copy())[None])[0, 0].numpy()
                for n in range(len(stack))
            ]
        )
    blocks = detail.reshape(-1, factor, *detail.shape[1:])
    held = (blocks - blocks.mean(axis=1, keepdims=True)).reshape(detail.shape)
    return np.moveaxis(held, 0, axis)
