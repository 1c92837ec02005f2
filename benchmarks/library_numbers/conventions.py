"""The scores of one result against one truth, as srviewer's but for one convention each."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from skimage.metrics import structural_similarity

from benchmarks.library_numbers.images import FACTOR, THICK, Subject
from benchmarks.library_numbers.library import head, line
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.scores.metrics import LEAST_FOREGROUND, Mask, psnr, ssim_map
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels

SsimMap = Callable[[Voxels, Voxels, float], Voxels]


@dataclass(frozen=True)
class Convention:
    """The range, the scored voxels (i, j, k), the planes of SSIM and its map; no planes: in 3D."""

    data_range: float
    mask: Mask
    planes: tuple[int, ...] = (0, 1, 2)
    ssim_map: SsimMap = ssim_map


def table(subject: Subject) -> str:
    """The scores of the cubic B-spline of a subject's scan, as a Markdown table."""
    truth = subject.truth.voxels
    positions = thin_positions(subject.scan.voxels.shape[THICK], FACTOR)
    result = cubic(subject.scan.voxels, THICK, positions)
    intensity = measured_intensity(truth)
    foreground = intensity.foreground(truth)
    ours = Convention(intensity.range, foreground)
    everywhere = np.ones_like(foreground)
    conventions = {
        "srviewer's": ours,
        "range max - min": replace(ours, data_range=float(np.ptp(truth))),
        "all voxels": replace(ours, mask=everywhere),
        "SSIM of the slices along k alone": replace(ours, planes=(THICK,)),
        "SSIM with a window in 3D": replace(ours, planes=()),
        "SSIM with a uniform window of 7 x 7": replace(ours, ssim_map=_uniform),
        "range max - min, all voxels, window in 3D": Convention(
            float(np.ptp(truth)), everywhere, ()
        ),
    }
    rows = [line([name, *_scores(truth, result, row)]) for name, row in conventions.items()]
    share = f"PSNR dB, foreground {foreground.mean():.0%}"
    return "\n".join([head("convention", share, "SSIM"), *rows])


def _scores(truth: Voxels, result: Voxels, convention: Convention) -> list[str]:
    data_range, mask = convention.data_range, convention.mask
    decibels = psnr(truth, result, data_range, mask) or 0.0
    if not convention.planes:
        similar = [convention.ssim_map(truth, result, data_range)[mask].mean()]
    else:
        similar = [_in_plane(truth, result, convention, axis) for axis in convention.planes]
    return [f"{decibels:.2f}", f"{np.mean(similar):.4f}"]


def _in_plane(truth: Voxels, result: Voxels, convention: Convention, axis: int) -> float:
    """The mean over the mask of the maps of the slices along an axis that have a score."""
    stacks = (np.moveaxis(voxels, axis, 0) for voxels in (truth, result, convention.mask))
    total, count = 0.0, 0
    for expected, made, inside in zip(*stacks, strict=True):
        if inside.mean() < LEAST_FOREGROUND:
            continue
        similar = convention.ssim_map(expected, made, convention.data_range)[inside]
        total += float(similar.sum(dtype=np.float64))
        count += similar.size
    return total / max(1, count)


def _uniform(truth: Voxels, result: Voxels, data_range: float) -> Voxels:
    return np.asarray(structural_similarity(truth, result, data_range=data_range, full=True)[1])
