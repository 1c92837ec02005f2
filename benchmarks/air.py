"""Time saved and voxels changed by leaving out air: `python -m benchmarks.air SCAN...`."""

import sys
from pathlib import Path
from statistics import mean

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.slices.planes import cross_planes, unstack
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.nn.inference import foreground_box
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.models.available_models import find_model

FACTOR = 4
COMPARED = 3  # batches of slices of each plane, spread over the stack


def thick_voxels(scan: Volume) -> tuple[Voxels, int]:
    """The scan and its thick axis; one without is degraded along k."""
    axis = scan.geometry.thick_axis
    return (Degradation(2, FACTOR).apply(scan.voxels), 2) if axis is None else (scan.voxels, axis)


def saved(upsampler: Upsampler, slices: Voxels, scale: float) -> float:
    """The share of the pixels of a stack that do not go through the network."""
    count, rows, columns = slices.shape
    batch, seen = upsampler.batch_of(rows, columns), 0
    for start in range(0, count, batch):
        stop = min(start + batch, count)
        near = slices[max(0, start - upsampler.neighbours) : stop + upsampler.neighbours]
        down, right = upsampler._box(*foreground_box.brightest(near), FACTOR, scale)
        seen += (stop - start) * (down.stop - down.start) * (right.stop - right.start)
    return 1 - seen / slices.size


def changed(upsampler: Upsampler, slices: Voxels, scale: float) -> float:
    """The largest change by leaving out air, in voxels that are none; a share of the range."""
    batch, worst = upsampler.batch_of(*slices.shape[1:]), 0.0
    for middle in np.linspace(0.25, 0.75, COMPARED) * len(slices):
        part = slices[int(middle) : int(middle) + min(batch, 8)]
        share, ours = foreground_box.AIR_SHARE, run(upsampler.upsample(part, FACTOR, scale))
        foreground_box.AIR_SHARE = -1.0  # nothing is air
        try:
            whole = run(upsampler.upsample(part, FACTOR, scale))
        finally:
            foreground_box.AIR_SHARE = share
        inside = np.repeat(part > share * scale, FACTOR, axis=1)
        if inside.any():
            worst = max(worst, float(np.abs(ours - whole)[inside].max()) / scale)
    return worst


def main(paths: list[str]) -> int:
    """One row for each scan."""
    upsampler = Upsampler(find_model("fast"), "cpu")
    print("| scan | saved | largest change outside air |\n|---|---|---|")
    for path in map(Path, paths):
        voxels, axis = thick_voxels(run(read(path)))
        scale = measured_intensity(voxels).range
        stacks = [unstack(voxels, group.thick, group.normal) for group in cross_planes(axis)]
        share = mean(saved(upsampler, slices, scale) for slices in stacks)
        worst = max(changed(upsampler, slices, scale) for slices in stacks)
        print(f"| {path.name} | {share:.0%} | {worst:.1e} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
