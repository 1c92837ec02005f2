"""Shading, trust and agreement of several stacks, region by region."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.boxes import box_of, cut, is_empty
from srviewer.core.resampling.spline import sampled
from srviewer.core.scores.metrics import Mask
from srviewer.core.stacks.coarse import VOXEL_MM, Coarse
from srviewer.core.stacks.coverage import covered
from srviewer.core.stacks.rigid import corners, moved
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, aside, within

SHADING_MM = 25.0  # standard deviation of the window in which brightness is compared
REGION_MM = 8.0  # of that in which structure is compared
LARGEST_SHADING = np.log(2.0)
ALIKE_SHARE = 0.03  # of the intensity range: stacks that differ by less are trusted alike
WINDOW = 2.0  # standard deviations of a blur at which it ends
LEAST_SHARE = 0.02  # of a window, that two stacks must share for a comparison
SHARED = 0.5  # of the squared errors of a stack, that a repeat of the same slices has as well
# The correlation, of results blurred to the thickness of the slices, below which the joint step
# does nothing and above which it is whole.
NOT_ALIKE, ALIKE = 0.85, 0.97


@dataclass(frozen=True, eq=False)
class Regions:
    """Fields on a coarse grid in the frame of the reference.

    Attributes:
        grid: The coarse grid, along RAS+.
        shading: Per stack, the factor that makes it as bright as the reference.
        trust: Per stack, how well it agrees with the stack that it agrees with best; 1 at most.
        agreement: Per stack, the share of the joint step that it takes part in, 0..1.
    """

    grid: Geometry
    shading: tuple[Voxels, ...]
    trust: tuple[Voxels, ...]
    agreement: tuple[Voxels, ...]


def compared_regions(
    coarse: Sequence[Coarse],
    motions: Sequence[Matrix],
    reference: int,
    data_range: float,
    repeats: Sequence[Collection[int]] | None = None,
) -> Job[Regions]:
    """Compare stacks region by region.

    Args:
        coarse: The stacks in the unit of the reference, at the positions by their headers.
        motions: (4, 4) RAS+ mm of each, to the frame of the reference.
        reference: The number of the reference.
        data_range: The intensity range of the reference.
        repeats: For each stack the numbers of those that have taken the same slices; None where
            there are none. They differ by what is not ``SHARED`` of their errors alone.

    Returns:
        A job with the fields.
    """
    grid = _common(coarse, motions)
    images, masks = [], []
    for number, (image, motion) in enumerate(zip(coarse, motions, strict=True)):
        share = number / len(coarse)
        job = _placed(image, motion, grid)
        values, mask = yield from within(job, share, share)
        images.append(values)
        masks.append(mask)
    repeated = [()] * len(coarse) if repeats is None else repeats
    comparing = partial(_regions, grid, images, masks, reference, data_range, repeated)
    return (yield from aside(comparing, Progress(1.0, "Comparing the stacks by region")))


def _regions(
    grid: Geometry,
    images: Sequence[Voxels],
    masks: Sequence[Mask],
    reference: int,
    data_range: float,
    repeats: Sequence[Collection[int]],
) -> Regions:
    shading = [
        np.ones(grid.shape, np.float32)
        if number == reference
        else _shading(images[reference], masks[reference], values, mask)
        for number, (values, mask) in enumerate(zip(images, masks, strict=True))
    ]
    images = [values * field for values, field in zip(images, shading, strict=True)]
    # Of each stack what it has in common with the stack that it agrees with best.
    errors = [np.full(grid.shape, np.inf, np.float32) for _ in images]
    alike = [np.full(grid.shape, -np.inf, np.float32) for _ in images]
    for one, other in combinations(range(len(images)), 2):
        error, likeness = _compared(images[one], masks[one], images[other], masks[other])
        if other in repeats[one]:
            error /= np.float32(1 - SHARED)
        for number in (one, other):
            np.minimum(errors[number], error, out=errors[number])
            np.maximum(alike[number], likeness, out=alike[number])
    floor = np.float32((ALIKE_SHARE * data_range) ** 2)
    for error in errors:
        error[np.isinf(error)] = 0  # compared with none there: nobody contradicts
    trust = [(floor / (floor + error)).astype(np.float32) for error in errors]
    agreement = [_faded(likeness) for likeness in alike]
    return Regions(grid, tuple(shading), tuple(trust), tuple(agreement))


def _common(coarse: Sequence[Coarse], motions: Sequence[Matrix]) -> Geometry:
    pairs = zip(coarse, motions, strict=True)
    points = np.concatenate([corners(moved(image.grid, motion)) for image, motion in pairs])
    low, high = points.min(axis=0), points.max(axis=0)
    i, j, k = (max(1, int(n)) for n in np.ceil((high - low) / VOXEL_MM))
    affine = np.diag([VOXEL_MM, VOXEL_MM, VOXEL_MM, 1.0])
    affine[:3, 3] = low + VOXEL_MM / 2
    return Geometry((i, j, k), affine)


def _placed(image: Coarse, motion: Matrix, grid: Geometry) -> Job[tuple[Voxels, Mask]]:
    given = moved(image.grid, motion)
    values, mask = np.zeros(grid.shape, np.float32), np.zeros(grid.shape, bool)
    box = box_of(grid, given)
    if is_empty(box):
        return values, mask
    part = cut(grid, box)
    values[box] = yield from sampled(image.voxels, given, part, order=1)
    seen = yield from sampled(image.seen.astype(np.float32), given, part, order=1)
    finding = partial(covered, part, given, across=0, margin=0.0)
    inside = yield from aside(finding, Progress(1.0, "Comparing the stacks by region"))
    mask[box] = inside & (seen > 0.99)
    return values, mask


def _shading(reference: Voxels, seen: Mask, values: Voxels, mask: Mask) -> Voxels:
    shading = np.ones(values.shape, np.float32)
    met = seen & mask
    box = _around(met, 2 * SHADING_MM)  # both blurs end there
    if box is not None:
        fields = reference[box], values[box], met[box].astype(np.float32)
        shading[box] = _shading_in(*fields)
    return shading


def _around(mask: Mask, reach_mm: float) -> tuple[slice, ...] | None:
    """The box beyond which nothing of a mask is left by blurs of this size; None of nothing."""
    met = np.argwhere(mask)
    if not len(met):
        return None
    reach = int(WINDOW * reach_mm / VOXEL_MM) + 2
    low, high = np.maximum(met.min(axis=0) - reach, 0), met.max(axis=0) + reach + 1
    return tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))


def _shading_in(reference: Voxels, values: Voxels, both: Voxels) -> Voxels:
    window = _blurred(both, SHADING_MM)
    onto, given = (_blurred(np.maximum(v, 0) * both, SHADING_MM) for v in (reference, values))
    known = (window > LEAST_SHARE) & (onto > 0) & (given > 0)
    field = np.zeros(values.shape, np.float32)
    field[known] = np.log(onto[known] / given[known])
    # Beyond what both cover the field goes on as it ends.
    weight = window * known
    total = _blurred(weight, SHADING_MM)
    spread = _blurred(field * weight, SHADING_MM)
    further = np.divide(spread, total, out=np.zeros_like(field), where=total > 1e-6)
    field = np.where(known, field, further)
    return np.exp(np.clip(field, -LARGEST_SHADING, LARGEST_SHADING)).astype(np.float32)


def _compared(
    first: Voxels, first_mask: Mask, second: Voxels, second_mask: Mask
) -> tuple[Voxels, Voxels]:
    """The mean squared difference and the correlation in a window around each voxel.

    Infinite and 0 where the two share too little to tell.
    """
    error, alike = np.full(first.shape, np.inf, np.float32), np.zeros(first.shape, np.float32)
    box = _around(first_mask & second_mask, REGION_MM)
    if box is not None:
        fields = first[box], first_mask[box], second[box], second_mask[box]
        error[box], alike[box] = _compared_in(*fields)
    return error, alike


def _compared_in(
    first: Voxels, first_mask: Mask, second: Voxels, second_mask: Mask
) -> tuple[Voxels, Voxels]:
    """The same in a box."""
    both = (first_mask & second_mask).astype(np.float32)
    window = _blurred(both, REGION_MM)
    known = window > LEAST_SHARE
    safe = np.where(known, window, 1)

    def mean(values: Voxels) -> Voxels:
        return np.asarray(_blurred(values * both, REGION_MM) / safe, np.float32)

    error = mean((first - second) ** 2)
    of_first, of_second = mean(first), mean(second)
    varied = mean(first**2) - of_first**2, mean(second**2) - of_second**2
    together = mean(first * second) - of_first * of_second
    product = np.sqrt(np.maximum(varied[0], 0) * np.maximum(varied[1], 0))
    alike = np.divide(together, product, out=np.zeros_like(product), where=product > 0)
    unknown = np.float32(np.inf), np.float32(0)
    return np.where(known, error, unknown[0]), np.where(known, alike, unknown[1])


def _faded(alike: Voxels) -> Voxels:
    return np.asarray(np.clip((alike - NOT_ALIKE) / (ALIKE - NOT_ALIKE), 0, 1), np.float32)


def _blurred(values: Voxels, sigma_mm: float) -> Voxels:
    from scipy.ndimage import gaussian_filter  # half a second, which no window waits for

    return np.asarray(
        gaussian_filter(
            values, sigma_mm / VOXEL_MM, output=np.float32, mode="constant", truncate=WINDOW
        )
    )
