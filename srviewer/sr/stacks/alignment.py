"""Rigid registration of two open scans, by the parts that place the stacks of a join."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Matrix
from srviewer.core.intensity.intensity_range import Intensity, volume_intensity
from srviewer.core.intensity.padding import filled, measured_limits
from srviewer.core.stacks.coarse import Coarse, coarse_image
from srviewer.core.stacks.coarse_likeness import coarse_likeness
from srviewer.core.stacks.intensity_match import LEAST_CORRELATION
from srviewer.core.stacks.pair import Pair, Side
from srviewer.core.stacks.probes import probes_of
from srviewer.core.stacks.refinement import USUAL, placed, refined_motion
from srviewer.core.stacks.rigid import inverse, numbers_of
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.job import Job, Progress, aside, within
from srviewer.sr.stacks.placing import (
    EVIDENCE,
    LEAST_PROBES,
    MOST_OF_STACK,
    loaded_coarse_motion,
)

# The motion that is expected between two scans, radians and mm: wherever people lie anew.
EXPECTED = USUAL * 50
LEAST_FOREGROUND = 500  # coarse voxels: with fewer there is nothing to register
LEAST_GAIN = 0.01  # nats by which a place must be better than that of the headers
LEAST_LIKENESS = 0.05  # nats: below it nothing says that the two show the same
LEVELS = 32  # bins of grey levels, equally full
MOST_THIN = 8  # thin positions across a slice
MESSAGE = "Comparing two scans"


@dataclass(frozen=True, eq=False)
class Alignment:
    """The place of one scan in another.

    Attributes:
        motion: (4, 4) from RAS+ mm of the first scan to those of the second.
        moved: Whether it was found by registration; else the places by the headers are kept.
        refined: Whether it was refined on voxels, as that of two scans of one contrast.
        shift_mm: The shift of the middle of the first scan along R, A and S, mm.
        degrees: The angle of the rotation.
        likeness: The mutual information of both with the motion, nats.
    """

    motion: Matrix
    moved: bool
    refined: bool
    shift_mm: tuple[float, float, float]
    degrees: float
    likeness: float


@dataclass(frozen=True, eq=False)
class _Scan:
    """A scan as it is registered."""

    volume: Volume
    voxels: Voxels
    intensity: Intensity
    coarse: Coarse

    def side(self) -> Side:
        geometry = self.volume.geometry
        axis = geometry.slice_axis
        in_plane = min(mm for n, mm in enumerate(geometry.spacing) if n != axis)
        factor = int(np.clip(round(geometry.spacing[axis] / in_plane), 2, MOST_THIN))
        usable = self.intensity.foreground(self.volume.voxels)
        if self.volume.padded is not None:
            usable &= ~self.volume.padded
        probes = probes_of(self.voxels, usable, geometry, Degradation(axis, factor))
        return Side(probes.at_most(MOST_OF_STACK), self.voxels, geometry, order=1)


def aligned(first: Volume, second: Volume) -> Job[Alignment]:
    """Find the rigid motion from one scan to another.

    Both are compared coarsely by mutual information, which holds for two contrasts as well, from
    the places of their headers and from their middles on each other. Where they predict each
    other, as scans of one contrast do, the motion is refined on their own voxels. The places by
    the headers are kept unless there is evidence against them.

    Args:
        first: A scan.
        second: The scan whose place in the first is wanted.

    Returns:
        A job with the motion.

    Raises:
        UserError: One of them holds too little, or they are alike nowhere.
    """
    one = yield from within(_prepared(first), 0.0, 0.1)
    other = yield from within(_prepared(second), 0.1, 0.2)
    found = yield from within(_coarse_motion(one.coarse, other.coarse), 0.2, 0.75)
    refined = yield from within(_refined(one, other, found), 0.75, 0.85)
    if refined is not None:
        motion, moved = refined
    else:
        motion = yield from within(_refined_by_levels(one, other, found), 0.85, 1.0)
        moved = yield from aside(partial(_is_moved, one, other, motion), Progress(1.0, MESSAGE))
    motion = motion if moved else np.eye(4)
    likeness = yield from _likeness(one.coarse, other.coarse, motion, 1.0)
    if likeness < LEAST_LIKENESS:
        raise UserError(
            f"'{first.name}' and '{second.name}' are not alike wherever they are laid: they may "
            "show two parts of the body. Set the offset by hand."
        )
    numbers = numbers_of(motion, first.geometry.centre)
    return Alignment(
        motion=motion,
        moved=moved,
        refined=refined is not None,
        shift_mm=(float(numbers[3]), float(numbers[4]), float(numbers[5])),
        degrees=float(np.degrees(np.linalg.norm(numbers[:3]))),
        likeness=likeness,
    )


def _prepared(scan: Volume) -> Job[_Scan]:
    step = Progress(0.0, f"Preparing {scan.name}")
    voxels = yield from aside(partial(_filled, scan), step)
    intensity = yield from aside(partial(volume_intensity, scan), step)
    coarse = yield from coarse_image(voxels, scan.geometry, intensity)
    if np.count_nonzero(coarse.foreground) < LEAST_FOREGROUND:
        raise UserError(
            f"'{scan.name}' holds too little foreground to be aligned. Set the offset by hand."
        )
    return _Scan(scan, voxels, intensity, coarse)


def _filled(scan: Volume) -> Voxels:
    padded = scan.padded
    if padded is None:
        return scan.voxels
    return filled(scan.voxels, padded, scan.geometry.slice_axis, measured_limits(scan)[0])


def _coarse_motion(first: Coarse, second: Coarse) -> Job[Matrix]:
    """The likeliest motion from the first to the second of those that were searched."""
    coarse_motion = yield from aside(loaded_coarse_motion, Progress(0.0, MESSAGE))
    middles = np.eye(4)
    middles[:3, 3] = _middle(second) - _middle(first)
    starts = [np.eye(4), middles]
    if (
        yield from _likeness(first, second, starts[0], 0.0)
    ) == 0:  # they have nothing in common there
        starts = [middles]
    best, most = starts[0], -1.0
    for number, start in enumerate(starts):
        span = number / len(starts), (number + 1) / len(starts)
        search = coarse_motion(first, second, inverse(start), _middle(first))
        found = inverse((yield from within(search, *span)))
        for motion in (start, found):
            likeness = yield from _likeness(first, second, motion, span[1])
            if likeness > most:
                best, most = motion, likeness
    return best


def _likeness(first: Coarse, second: Coarse, motion: Matrix, done: float) -> Job[float]:
    comparing = partial(coarse_likeness, first, second, motion)
    return (yield from aside(comparing, Progress(done, MESSAGE)))


def _middle(coarse: Coarse) -> Matrix:
    """The middle of the foreground, (3,) RAS+ mm."""
    return np.asarray(coarse.grid.world(np.argwhere(coarse.foreground).mean(axis=0)))


def _refined(first: _Scan, second: _Scan, found: Matrix) -> Job[tuple[Matrix, bool] | None]:
    """The motion refined on voxels, with whether it is better than the places by the headers.

    None where the two do not predict each other, as those of two contrasts.
    """
    step, still, start = Progress(0.0, MESSAGE), np.eye(4), inverse(found)
    side = yield from aside(first.side, step)
    every = Pair(side, (yield from aside(second.side, step)))
    pair = yield from aside(partial(every.within, start), step)
    if pair.size < LEAST_PROBES:
        return None
    fit = yield from aside(partial(pair.fit, start), step)
    if min(fit.correlations) < LEAST_CORRELATION:
        return None
    centre = np.asarray(pair.first.probes.points.mean(axis=0))
    best = yield from refined_motion(pair, start, centre, EXPECTED)
    measured = replace(step, fraction=1.0)
    both = yield from aside(partial(every.within, still, best.motion), measured)
    if both.size < LEAST_PROBES:  # by the headers they have nothing in common
        return inverse(best.motion), True
    here = yield from aside(partial(placed, both, still, centre, EXPECTED), measured)
    there = yield from aside(partial(placed, both, best.motion, centre, EXPECTED), measured)
    better = zip(there.fit.correlations, here.fit.correlations, strict=True)
    moved = there.cost < here.cost - EVIDENCE and all(new > old for new, old in better)
    return inverse(best.motion), moved


def _refined_by_levels(first: _Scan, second: _Scan, found: Matrix) -> Job[Matrix]:
    """The motion of two contrasts, refined with the second in the grey levels of the first."""
    alike = yield from aside(partial(_in_levels_of, first, second, found), Progress(0.0, MESSAGE))
    refined = yield from _refined(first, alike, found)
    if refined is None:
        return found
    before = yield from _likeness(first.coarse, second.coarse, found, 1.0)
    after = yield from _likeness(first.coarse, second.coarse, refined[0], 1.0)
    return refined[0] if after > before - LEAST_GAIN else found


def _is_moved(first: _Scan, second: _Scan, motion: Matrix) -> bool:
    """Whether a motion makes two scans more alike than the places by their headers."""
    still = coarse_likeness(first.coarse, second.coarse, np.eye(4))
    return coarse_likeness(first.coarse, second.coarse, motion) > still + LEAST_GAIN


def _in_levels_of(first: _Scan, second: _Scan, motion: Matrix) -> _Scan:
    """The second scan with the mean grey level that the first has where it has each of its own."""
    from scipy.ndimage import map_coordinates  # half a second, which no window waits for

    side, grid = second.side().probes, first.coarse.grid
    to_index = inverse(grid.affine) @ inverse(motion)
    index = side.points @ to_index[:3, :3].T + to_index[:3, 3]
    levels = map_coordinates(first.coarse.voxels, index.T, np.float32, order=1, mode="nearest")
    edges = np.quantile(side.values, np.linspace(0, 1, LEVELS + 1))
    middles = (edges[1:] + edges[:-1]) / 2
    number = np.clip(np.searchsorted(edges, side.values, side="right") - 1, 0, LEVELS - 1)
    counts = np.bincount(number, minlength=LEVELS)
    sums = np.bincount(number, weights=levels, minlength=LEVELS)
    used = counts > 0
    known = np.concatenate([[second.intensity.floor], middles[used]])
    given = np.concatenate([[first.intensity.floor], sums[used] / counts[used]])
    voxels = np.interp(second.voxels, known, given).astype(np.float32)
    return replace(second, voxels=voxels)
