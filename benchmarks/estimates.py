"""Thin volumes made thick, and what a network reconstructs of them in each of the two planes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.pieces import middle
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.slices.planes import cross_planes, restack, unstack
from srviewer.core.volumes.volume import Voxels
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.nn.inference.infer import Upsampler

THICK = 2


def thin_volumes(paths: list[Path], side: int) -> Iterator[tuple[str, Voxels]]:
    """Name and voxels of each file; only the middle ``side`` voxels along each axis, 0 for all."""
    for path in paths:
        yield path.name.split(".")[0], middle(run(read(path)).voxels, side)


def degraded(thin: Voxels, factor: int) -> tuple[Voxels, Voxels]:
    """Slices along k as thick as ``factor`` of the thin ones, and the truth that they cover."""
    scan = Degradation(THICK, factor).apply(thin)
    return scan, thin[:, :, : scan.shape[THICK] * factor]


def estimates(upsampler: Upsampler, scan: Voxels, factor: int) -> tuple[Voxels, Voxels]:
    """What the network makes of the scan in the first and in the second plane."""
    scale = measured_intensity(scan).range
    planes = []
    for group in cross_planes(THICK):
        fine = run(upsampler.upsample(unstack(scan, group.thick, group.normal), factor, scale))
        planes.append(np.asarray(restack(fine, group.thick, group.normal)))
    return planes[0], planes[1]
