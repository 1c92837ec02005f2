"""Coarse registration of two stacks by mutual information; the only place where ITK registers."""

from collections.abc import Callable
from threading import Event

import numpy as np
import SimpleITK as sitk

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.stacks.coarse import Coarse
from srviewer.core.stacks.rigid import inverse, midway
from srviewer.job import Job, Progress, aside, beside

BINS = 32
ROUNDS = 60
FIRST_STEP_MM, LAST_STEP_MM = 2.0, 0.05
SHRINK, SMOOTH_MM = (3, 1), (4.0, 0.0)
LEAST_VOXELS = 500  # of the foreground of either
MESSAGE = "Placing a stack"


def coarse_motion(first: Coarse, second: Coarse, start: Matrix, centre: Matrix) -> Job[Matrix]:
    """The motion between two stacks with the largest mutual information, both ways.

    The results of the stacks are registered, equally blurred: mutual information of thick slices
    themselves is biased by their shape. Each of the two is once the image that stays, and the
    motion halfway between both answers is given.

    Args:
        first: The stack that stays.
        second: The stack that is moved.
        start: (4, 4) RAS+ mm, from the header of the second to that of the first.
        centre: (3,) RAS+ mm in the frame of the first, the point about which is rotated.

    Returns:
        A job with the motion, (4, 4) as ``start``; ``start`` itself where there is too little.
    """
    if min(np.count_nonzero(side.foreground) for side in (first, second)) < LEAST_VOXELS:
        return start
    middle = inverse(start) @ np.append(centre, 1.0)
    there, back = yield from beside(
        _searched(second, first, start, centre),
        _searched(first, second, inverse(start), middle[:3]),
    )
    return midway(there, inverse(back))


def _searched(fixed: Coarse, moving: Coarse, start: Matrix, centre: Matrix) -> Job[Matrix]:
    """The motion from RAS+ mm of ``fixed`` to those of ``moving``, (4, 4)."""
    given_up = Event()

    def search() -> Matrix:
        return _best(fixed, moving, start, centre, given_up.is_set)

    try:
        return (yield from aside(search, Progress(0.5, MESSAGE)))
    finally:
        given_up.set()


def _best(
    fixed: Coarse, moving: Coarse, start: Matrix, centre: Matrix, stopped: Callable[[], bool]
) -> Matrix:
    search = sitk.ImageRegistrationMethod()
    search.SetNumberOfThreads(1)  # sums in another order are another answer
    search.SetMetricAsMattesMutualInformation(BINS)
    search.SetMetricFixedMask(_image(fixed.foreground.astype(np.uint8), fixed.grid))
    search.SetInterpolator(sitk.sitkLinear)
    search.SetOptimizerAsRegularStepGradientDescent(FIRST_STEP_MM, LAST_STEP_MM, ROUNDS)
    search.SetOptimizerScalesFromPhysicalShift()
    search.SetShrinkFactorsPerLevel(SHRINK)
    search.SetSmoothingSigmasPerLevel(SMOOTH_MM)
    search.SetSmoothingSigmasAreSpecifiedInPhysicalUnits(True)
    motion = _transform(start, centre)
    search.SetInitialTransform(motion, inPlace=True)

    def look() -> None:
        if stopped():
            search.StopRegistration()

    search.AddCommand(sitk.sitkIterationEvent, look)
    try:
        search.Execute(_image(fixed.voxels, fixed.grid), _image(moving.voxels, moving.grid))
    except RuntimeError:  # ITK's word for "they no longer overlap"
        return start
    return _matrix(motion)


def _image(voxels: np.ndarray, grid: Geometry) -> sitk.Image:
    """An ITK image whose physical space is RAS+ mm, of a grid along these axes."""
    image = sitk.GetImageFromArray(np.ascontiguousarray(voxels.transpose(2, 1, 0)))
    image.SetSpacing(grid.spacing)
    image.SetOrigin(tuple(grid.affine[:3, 3]))
    return image


def _transform(motion: Matrix, centre: Matrix) -> sitk.Euler3DTransform:
    """``motion``, that leads to ``centre``, as a rotation about the point that it moves there."""
    start = inverse(motion) @ np.append(centre, 1.0)
    transform = sitk.Euler3DTransform()
    transform.SetCenter(start[:3])
    transform.SetMatrix(motion[:3, :3].ravel(), 1e-6)
    transform.SetTranslation(centre - start[:3])
    return transform


def _matrix(transform: sitk.Euler3DTransform) -> Matrix:
    motion = np.eye(4)
    motion[:3, :3] = np.reshape(transform.GetMatrix(), (3, 3))
    motion[:3, 3] = transform.TransformPoint((0.0, 0.0, 0.0))
    return motion
