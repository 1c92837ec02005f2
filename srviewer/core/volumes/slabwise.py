"""Work on whole volumes in steps: slab by slab, so that a cancel need not wait for the end."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

T = TypeVar("T", bound=np.generic)

SLAB_VOXELS = 2**20  # of the first array: about 0.05 s of arithmetic
TOGETHER = 2  # slabs that are filtered at a time, as filters let other threads run
PART = 2**22  # values of an array that are examined together


def slabwise(
    work: Callable[..., Voxels],
    *arrays: Voxels,
    message: str,
    along: Axis | None = None,
    voxels: int | None = None,
) -> Job[Voxels]:
    """Compute ``work(*arrays)`` in slabs, where no plane of it depends on another.

    Args:
        work: Takes slabs of the arrays; gives as many planes.
        arrays: (i, j, k), of one length along the axis that is cut: the one whose planes lie
            furthest from each other in the memory of the first.
        message: The words of the progress.
        along: An axis that must stay whole; None for none.
        voxels: The size of a slab of the first array, unless a plane has more; None for
            ``SLAB_VOXELS``.

    Returns:
        A job with the result, voxel for voxel the same as at once.
    """
    first = arrays[0]
    axis = max((a for a in range(3) if a != along), key=lambda a: abs(first.strides[a]))
    count = first.shape[axis]
    thick = max(1, (voxels or SLAB_VOXELS) * count // max(1, first.size))
    result: Voxels | None = None
    for start in range(0, count, thick):
        yield Progress(start / count, message)
        slab = work(*(planes_of(array, axis, start, start + thick) for array in arrays))
        if result is None:
            result = room_for(slab, axis, count)
        planes_of(result, axis, start, start + thick)[...] = slab
    return work(*arrays) if result is None else result


def filtered_in_place(
    work: Callable[[Voxels], Voxels], voxels: Voxels, *, message: str, along: Axis
) -> Job[None]:
    """Replace an array by ``work`` of it in slabs that are whole along an axis.

    Args:
        work: Takes a slab and gives one of the same shape, in any thread; no plane of it depends on
            another, other than along ``along``.
        voxels: (i, j, k), which is changed.
        message: The words of the progress.
        along: The axis that stays whole.

    Yields:
        The progress.
    """
    axis = max((a for a in range(3) if a != along), key=lambda a: abs(voxels.strides[a]))
    count = voxels.shape[axis]
    thick = max(1, SLAB_VOXELS * count // max(1, voxels.size))

    def filter_slab(start: int) -> None:
        slab = planes_of(voxels, axis, start, start + thick)
        slab[...] = work(slab)

    with ThreadPoolExecutor(TOGETHER) as threads:
        for start in range(0, count, TOGETHER * thick):
            yield Progress(start / count, message)
            stop = min(count, start + TOGETHER * thick)
            list(threads.map(filter_slab, range(start, stop, thick)))


def planes_of(array: npt.NDArray[T], axis: Axis, start: int, stop: int) -> npt.NDArray[T]:
    """Select planes of an array.

    Args:
        array: (i, j, k), of any unit.
        axis: The array axis, 0..2.
        start: The first plane.
        stop: The plane behind the last one.

    Returns:
        (i, j, k), a view.
    """
    box = [slice(None)] * 3
    box[axis] = slice(start, stop)
    return array[tuple(box)]


def room_for(slab: Voxels, axis: Axis, count: int) -> Voxels:
    """Create an empty array for slabs, in the memory order of the first one.

    Args:
        slab: (i, j, k), the first slab.
        axis: The array axis across the slabs, 0..2.
        count: The planes of the array along it.

    Returns:
        (i, j, k) without values.
    """
    shape = list(slab.shape)
    shape[axis] = count
    order = sorted(range(3), key=lambda a: -abs(slab.strides[a]))
    room = np.empty([shape[a] for a in order], slab.dtype)
    return room.transpose([order.index(a) for a in range(3)])


def parts_of(voxels: Voxels) -> Iterator[Voxels]:
    """Cut an array into flat parts, in the order in which it lies in memory.

    Args:
        voxels: Of any shape.

    Yields:
        (n,) at most ``PART`` values; views where they can be.
    """
    flat = voxels.ravel(order="K")
    for start in range(0, flat.size, PART):
        yield flat[start : start + PART]
