"""Progressive preview: single slices of a result, shown before the whole is ready.

A slice that holds the thick axis is one slice of one of the two stacks that a reconstruction
refines. The network gets it with its neighbours alone: the preview is exactly the final estimate of
that plane. A slice across the thick axis runs through every slice of both stacks; it is cut from a
slab of a few thick slices, which is nearly the final estimate of one plane.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.intensity.padding import marked
from srviewer.core.slices.planes import (
    Plane,
    TrainingGroup,
    cross_planes,
    slice_number,
)
from srviewer.core.volumes.slabwise import planes_of
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.core.volumes.voxel_sources import Cropped, Memory, kept
from srviewer.errors import UserError
from srviewer.job import Job, Partial, Progress, aside, mapped, within
from srviewer.nn.models.model_file import Model
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.cross_plane.padding_restored import image_alone, thin_padding
from srviewer.sr.cross_plane.plane_slices import PlaneSlices, loaded_upsampler
from srviewer.sr.cross_plane.refinement import mirrorings, passes
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.reconstruct import thin_header
from srviewer.sr.reconstruction.refine import sharper_pair
from srviewer.sr.requests.request import ESTIMATE, Request, check_request, degradation_of

if TYPE_CHECKING:
    from srviewer.nn.inference.infer import Upsampler

R = TypeVar("R")
Where = Callable[[], npt.ArrayLike]  # gives the crosshair, a RAS+ point, as it is now

# Thick slices on either side of the one that is looked at: with four, 99 voxels in 100 of tissue
# are within 1 % of the intensity range of what the plane says when it sees all.
MARGIN = 4
SHARE = 0.08  # of the whole job, until every slice on screen has been seen
MESSAGE = "A first look at the slices on screen"


@dataclass(frozen=True, eq=False)
class PreviewSlice:
    """One slice of a progressive preview.

    Attributes:
        volume: This slice alone, on its part of the refined grid.
        plane: Its plane.
        number: Its number across ``plane`` on the refined grid, from 0.
        estimates: The number of estimates that make the result; this is one of them.
        thick: The number of thick slices that it was computed from; None for all.
    """

    volume: Volume
    plane: Plane
    number: int
    estimates: int
    thick: int | None


def can_preview(scan: ScanHeader, request: Request, region: Volume | None) -> bool:
    """Whether a reconstruction can show single slices before the whole is ready.

    Not where the whole scan decides about each slice, nor where the result is resampled.

    Args:
        scan: The scan.
        request: The reconstruction.
        region: The locked region; None without one.

    Returns:
        True where ``with_preview`` can be used.
    """
    try:
        check_request(scan, request)
    except UserError:  # the reconstruction says what is wrong
        return False
    return (
        method(request.method).needs_model
        and request.fusion == "mean"
        and request.profile != ESTIMATE
        and degradation_of(scan, request).is_block_mean
        and request.agreement == "exact"
        and not (request.also or request.adaptation or request.isotropic or request.repair)
        and scan.planes is None
        and region is None
    )


def with_preview(scan: Volume, request: Request, where: Where, job: Job[R]) -> Job[R]:
    """Run a reconstruction with a progressive preview of the slices on screen.

    Args:
        scan: The scan.
        request: The reconstruction, for which ``can_preview`` holds.
        where: Gives the crosshair as it is now, in RAS+ mm; it is called between steps, and slices
            that are computed quickly follow it.
        job: The reconstruction; it is closed when this job ends, in whatever way.

    Returns:
        A job with the result of ``job``. Each slice comes as the ``piece`` of a ``Partial``, a
        ``PreviewSlice``.

    Raises:
        UserError: As ``job``.
    """
    try:
        preparing = within(_prepared(scan, request), 0.0, 0.0)
        upsampler, model = yield from preparing
        intensity = volume_intensity(scan)
        filling = image_alone(kept(scan), request.axis, intensity, Memory())
        image = yield from within(filling, 0.0, 0.0)
        stages = passes(request.factor, model.factors)
        planes = PlaneSlices(upsampler, image, intensity, stages)
        slices = _PreviewSlices(scan, request, model, planes)
        ahead = _followed(slices.across(where()), slices, where)
        yield from mapped(within(ahead, 0.0, SHARE), _named)
        return (yield from within(_followed(job, slices, where), SHARE, 1.0))
    finally:
        job.close()


def _named(step: Progress) -> Progress:
    return replace(step, message=MESSAGE)


def _followed(job: Job[R], slices: "_PreviewSlices", where: Where) -> Job[R]:
    """Run ``job``, and between its steps compute the slices under a crosshair that has moved."""
    fraction = 0.0
    try:
        while True:
            for quick in slices.wanted(where()):
                yield from mapped(within(quick, fraction, fraction), _named)
            try:
                step = next(job)
            except StopIteration as end:
                result: R = end.value
                return result
            fraction = step.fraction
            yield step
    finally:
        job.close()


def _prepared(scan: Volume, request: Request) -> Job[tuple["Upsampler", Model]]:
    """The network of the request, ready to run."""
    model = find_model(request.model)
    sharper = sharper_pair(request, model)
    if sharper is not None:

        def blended() -> Model:
            from srviewer.nn.models.weight_interpolation import textured

            return textured(model, *sharper, request.texture)

        model = yield from aside(blended, Progress(0.0, MESSAGE))
    return (yield from loaded_upsampler(model, request.device, request.precision)), model


class _PreviewSlices:
    """Cuts single slices out of a reconstruction, and keeps which were shown."""

    def __init__(self, scan: Volume, request: Request, model: Model, planes: PlaneSlices) -> None:
        self._scan, self._request, self._model, self._planes = scan, request, model, planes
        self._floor = np.float32(planes.intensity.floor)
        self._grid = scan.geometry.refined(request.axis, request.factor)
        self._given: dict[Plane, int] = {}
        self._slab: tuple[int, Voxels, int] | None = None  # a thick slice refined; see `across`

    def wanted(self, point_mm: npt.ArrayLike) -> Iterator[Job[None]]:
        """Quick jobs for the slices at this point that are not shown yet."""
        for plane in Plane:
            number = slice_number(self._grid, plane, point_mm)
            if self._given.get(plane) == number:
                continue
            axis = plane.normal_axis(self._grid)
            if axis != self._request.axis:
                yield self._along(plane, number)
            elif self._slab is not None and number // self._request.factor == self._slab[0]:
                yield self._out_of_slab(plane, number)

    def across(self, point_mm: npt.ArrayLike) -> Job[None]:
        """Refine the thick slice at this point with ``MARGIN`` neighbours on either side."""
        axis, factor = self._request.axis, self._request.factor
        plane = next(plane for plane in Plane if plane.normal_axis(self._grid) == axis)
        thick = slice_number(self._grid, plane, point_mm) // factor
        group, count = cross_planes(axis)[0], self._scan.geometry.shape[axis]
        low, high = max(0, thick - MARGIN), min(count, thick + MARGIN + 1)
        whole = self._planes.source
        near = replace(self._planes, source=Cropped(whole, axis, low, high), whole=whole)
        fine = yield from near.some(group, 0, self._scan.geometry.shape[group.normal])
        here = planes_of(fine, axis, (thick - low) * factor, (thick - low + 1) * factor)
        self._slab = thick, here, high - low

    def _along(self, plane: Plane, number: int) -> Job[None]:
        group = TrainingGroup(self._request.axis, plane.normal_axis(self._grid))
        fine = yield from self._planes.some(group, number, number + 1)
        yield self._look(plane, number, fine, None)

    def _out_of_slab(self, plane: Plane, number: int) -> Job[None]:
        assert self._slab is not None
        _, voxels, thick = self._slab
        axis, at = self._request.axis, number % self._request.factor
        yield self._look(plane, number, np.take(voxels, [at], axis), thick)

    def _look(self, plane: Plane, number: int, voxels: Voxels, thick: int | None) -> Partial:
        self._given[plane] = number
        grid = self._grid.cropped(plane.normal_axis(self._grid), number, number + 1)
        thin = thin_header(self._scan, self._request, self._model)
        voxels = self._marked(plane, number, voxels + self._floor if self._floor else voxels)
        step = f"{plane.title} slice {number} alone, of one plane"
        volume = thin.derived_header(grid, step).with_voxels(voxels)
        estimates = 2 * (len(mirrorings(self._request.axis)) if self._request.flips else 1)
        return Partial(0.0, MESSAGE, PreviewSlice(volume, plane, number, estimates, thick))

    def _marked(self, plane: Plane, number: int, voxels: Voxels) -> Voxels:
        """One slice of the refined grid with the padding that it has in the whole result."""
        padded, padding = self._scan.padded, self._scan.padding
        if padded is None or padding is None:
            return voxels
        axis, factor = plane.normal_axis(self._grid), self._request.factor
        if axis == self._request.axis:
            here = np.take(padded, [number // factor], axis)
        else:
            steps = [(self._request.axis, factor)]
            here = thin_padding(np.take(padded, [number], axis), steps)
        return marked(np.array(voxels), here, padding)
