"""Resampling along one axis after another beside that in one move, against waves that are known.

The errors are shares of the spread of the waves, of bands of their frequency as shares of the
highest; the times are those of the process for a voxel, on whatever else the machine does.

    python -m benchmarks.axis_by_axis [--degrees 2,5,10,15,20]
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.axis_by_axis import moved_along_axes, turned
from srviewer.core.resampling.spline import sampled, spline_coefficients
from srviewer.core.stacks.rigid import motion_of, moved
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, run

COUNT = 72  # voxels along each axis, 1 mm apart
THICK = 4  # mm
BANDS = ((0.0, 0.25), (0.25, 0.5), (0.5, 0.7), (0.7, 0.85))
WAVES = 12  # of each band
MARGIN = 3  # voxels from the edges, which are not scored
AXIS = np.array([0.5, 0.6, 0.62])  # of the turn
SHIFT = (1.3, -2.2, 0.7)  # mm


def main() -> None:
    """Print a row for each grid and angle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--degrees", default="2,5,10,15,20", help="of the turns")
    args = parser.parse_args()
    print("| slices mm | turned degrees | one move | ns | along axes | ns |")
    print("|---|---|---|---|---|---|")
    for slice_mm in (1, THICK):
        given = Geometry((COUNT, COUNT, COUNT // slice_mm), np.diag([1.0, 1.0, slice_mm, 1.0]))
        for degrees in map(float, args.degrees.split(",")):
            print_row(given, degrees)


def print_row(given: Geometry, degrees: float) -> None:
    """Resample waves on a grid onto a turned one, both ways."""
    motion = motion_of(np.r_[np.radians(degrees) * AXIS, SHIFT], given.centre)
    thin = Geometry((COUNT, COUNT, COUNT), np.eye(4))
    onto = moved(thin, motion)
    cells = []
    for resample in (in_one_move, moved_along_axes):
        errors, seconds = [], 0.0
        for band in BANDS:
            error, took = scored(resample, given, onto, band)
            errors.append(f"{error:.4f}")
            seconds += took
        cells += [" ".join(errors), f"{1e9 * seconds / len(BANDS) / COUNT**3:.0f}"]
    angle = np.degrees(turned(given, onto))
    print(f"| {given.spacing[2]:g} | {angle:.1f} | {' | '.join(cells)} |", flush=True)


def in_one_move(voxels: Voxels, given: Geometry, onto: Geometry) -> Job[Voxels]:
    """A volume on another grid by cubic B-splines in three dimensions."""
    weights = yield from spline_coefficients(voxels)
    return (yield from sampled(weights, given, onto))


def scored(
    resample: Callable[[Voxels, Geometry, Geometry], Job[Voxels]],
    given: Geometry,
    onto: Geometry,
    band: tuple[float, float],
) -> tuple[float, float]:
    """The error of waves of a band, as a share of their spread, with the time that was taken."""
    random = np.random.default_rng(1)
    waves = []
    for _ in range(WAVES):
        direction = random.normal(size=3)
        direction *= np.pi * random.uniform(*band) / np.linalg.norm(direction)
        waves.append((direction / given.spacing, random.uniform(0, 2 * np.pi)))

    def of(grid: Geometry) -> Voxels:
        points = grid.world(np.moveaxis(np.indices(grid.shape), 0, -1))
        return np.asarray(sum(np.cos(points @ wave + phase) for wave, phase in waves))

    voxels, truth = of(given).astype(np.float32), of(onto)
    begun = time.process_time()
    made = run(resample(voxels, given, onto))
    took = time.process_time() - begun
    index = given.index(onto.world(np.moveaxis(np.indices(onto.shape), 0, -1)))
    last = np.array(given.shape) - 1 - MARGIN
    seen = ((index >= MARGIN) & (index <= last)).all(axis=-1)
    return float((made - truth)[seen].std() / truth[seen].std()), took


if __name__ == "__main__":
    main()
