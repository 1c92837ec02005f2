"""Cubic B-splines of a volume, and their values on another grid, on all processors."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial

import numpy as np

from srviewer.core.geometry.grid import Axis, Geometry
from srviewer.core.volumes.slabwise import planes_of
from srviewer.core.volumes.volume import Voxels
from srviewer.job import LOOK_EVERY, Job, Progress, aside, within

SLAB_VOXELS = 2**19  # of one thread: about 0.1 s of interpolation
MOST_THREADS = 8
WHOLE = 1e-4  # voxels: grids that are shifted by whole voxels
ALONG_AXES = 1e-12


def spline_coefficients(voxels: Voxels, message: str = "Preparing to resample") -> Job[Voxels]:
    """The weights of the cubic B-splines at each voxel, continued by the mirror image.

    Args:
        voxels: (i, j, k).
        message: The words of the progress.

    Returns:
        A job with the weights, (i, j, k) float32.
    """
    voxels = yield from aside(partial(np.ascontiguousarray, voxels), Progress(0.0, message))
    for axis in range(3):
        if voxels.shape[axis] == 1:
            continue
        filtered = np.empty(voxels.shape, np.float32)
        cut: Axis = 1 if axis == 0 else 0
        others = [n for number, n in enumerate(voxels.shape) if number != cut]
        fill = partial(_filter, voxels, filtered, axis, cut)
        job = slabs_at_once(fill, (voxels.shape[cut], others[0], others[1]), message)
        yield from within(job, axis / 3, (axis + 1) / 3)
        voxels = filtered
    return voxels


def _filter(
    voxels: Voxels, filtered: Voxels, along: Axis, cut: Axis, start: int, stop: int
) -> None:
    """Filter planes ``start`` to ``stop`` across ``cut``."""
    from scipy.ndimage import spline_filter1d  # half a second, which the window does not wait for

    given, slab = (planes_of(array, cut, start, stop) for array in (voxels, filtered))
    spline_filter1d(given, order=3, axis=along, output=slab, mode="reflect")


def sampled(
    weights: Voxels,
    given: Geometry,
    onto: Geometry,
    order: int = 3,
    message: str = "Resampling",
    voxels: Voxels | None = None,
) -> Job[Voxels]:
    """The values of B-splines at the voxel centres of a grid.

    Args:
        weights: (i, j, k) as ``spline_coefficients`` gives them; voxels for ``order`` 1.
        given: Their grid.
        onto: The grid of the result. Outside of ``given``, its mirror image.
        order: 3 for cubic B-splines, 1 for linear interpolation.
        message: The words of the progress.
        voxels: Those of which ``weights`` are the weights: where the voxels of both grids coincide
            they are taken as they are, and 0 outside of ``given``. None to interpolate always.

    Returns:
        A job with the values, (i, j, k) float32 on ``onto``.
    """
    from scipy.ndimage import affine_transform  # half a second, as above

    matrix = np.linalg.inv(given.affine) @ onto.affine
    shift = whole_shift(given, onto)
    if voxels is not None and shift is not None:
        yield Progress(0.0, message)
        return _shifted(voxels, shift, onto.shape)
    source = yield from aside(partial(np.ascontiguousarray, weights), Progress(0.0, message))
    result = np.empty(onto.shape, np.float32)
    linear = matrix[:3, :3]
    along_axes = np.abs(linear - np.diag(np.diag(linear))).max() < ALONG_AXES

    def fill(start: int, stop: int) -> None:
        affine_transform(
            source,
            np.diag(linear) if along_axes else linear,  # the former is quicker
            linear @ [start, 0, 0] + matrix[:3, 3],
            output_shape=(stop - start, *onto.shape[1:]),
            output=result[start:stop],
            order=order,
            mode="reflect",
            prefilter=False,
        )

    yield from slabs_at_once(fill, onto.shape, message)
    return result


def slabs_at_once(
    fill: Callable[[int, int], None], shape: tuple[int, int, int], message: str
) -> Job[None]:
    """Compute an array in slabs along its first axis, several at once on threads.

    Args:
        fill: Computes the planes from a first to before a last; it releases Python's lock in numpy
            or scipy.
        shape: Of the array.
        message: The words of the progress.

    Yields:
        The progress.
    """
    threads = min(MOST_THREADS, os.cpu_count() or 1)
    waiting = deque(_slabs(shape))
    total, running = max(1, len(waiting)), set[Future[None]]()
    with ThreadPoolExecutor(threads) as pool:
        while waiting or running:
            while waiting and len(running) < threads:
                running.add(pool.submit(fill, *waiting.popleft()))
            ended, running = wait(running, LOOK_EVERY, "FIRST_COMPLETED")
            for slab in ended:
                slab.result()  # what it raised
            yield Progress(1 - (len(waiting) + len(running)) / total, message)


def whole_shift(given: Geometry, onto: Geometry) -> tuple[int, int, int] | None:
    """The shift between two grids whose voxels coincide, axis by axis.

    Args:
        given: The first grid.
        onto: The other grid.

    Returns:
        The index in ``given`` of the first voxel of ``onto``; None where voxels do not coincide.
    """
    matrix = np.linalg.inv(given.affine) @ onto.affine
    first = np.rint(matrix[:3, 3])
    if max(np.abs(matrix[:3, :3] - np.eye(3)).max(), np.abs(matrix[:3, 3] - first).max()) > WHOLE:
        return None
    i, j, k = (int(n) for n in first)
    return i, j, k


def _shifted(voxels: Voxels, first: tuple[int, int, int], shape: tuple[int, int, int]) -> Voxels:
    if first == (0, 0, 0) and shape == voxels.shape:
        return voxels
    result = np.zeros(shape, np.float32)
    low = [max(0, -start) for start in first]
    high = [min(n, m - start) for n, m, start in zip(shape, voxels.shape, first, strict=True)]
    if all(a < b for a, b in zip(low, high, strict=True)):
        onto = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        source = tuple(
            slice(a + start, b + start) for a, b, start in zip(low, high, first, strict=True)
        )
        result[onto] = voxels[source]
    return result


def _slabs(shape: tuple[int, int, int]) -> Iterator[tuple[int, int]]:
    planes = max(1, SLAB_VOXELS // max(1, shape[1] * shape[2]))
    return ((start, min(start + planes, shape[0])) for start in range(0, shape[0], planes))
