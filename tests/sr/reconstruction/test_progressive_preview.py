"""The slices on screen first: each is what the whole reconstruction of its plane says of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.slices.planes import Plane, cross_planes, slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import Job, Partial, Progress, run
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.reconstruction.progressive_preview import (
    MARGIN,
    PreviewSlice,
    can_preview,
    with_preview,
)
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.results.reconstruction import Reconstruction


class Watched:
    """A reconstruction with its slices, and where the crosshair is."""

    def __init__(self, scan: Volume, request: Request, point: npt.ArrayLike) -> None:
        self.point = point
        self.slices: list[PreviewSlice] = []
        job = reconstruct(scan, request)
        self.job = with_preview(scan, request, lambda: self.point, job)

    def step(self) -> Progress:
        step = next(self.job)
        if isinstance(step, Partial):
            assert isinstance(step.piece, PreviewSlice)
            self.slices.append(step.piece)
        return step

    def until(self, there: Callable[[], bool]) -> None:
        while not there():
            self.step()

    def leave(self) -> list[PreviewSlice]:
        self.job.close()
        return self.slices


def _three(scan: Volume, request: Request, point: npt.ArrayLike) -> dict[Plane, PreviewSlice]:
    watched = Watched(scan, request, point)
    watched.until(lambda: len(watched.slices) == 3)
    return {preview_slice.plane: preview_slice for preview_slice in watched.leave()}


def _point(scan: Volume, shares: tuple[float, float, float] = (0.4, 0.55, 0.45)) -> npt.ArrayLike:
    return scan.geometry.world(np.multiply(shares, scan.geometry.shape))


@pytest.mark.parametrize("factor", [2, 4, 12])
@pytest.mark.parametrize("axis", range(3), ids=AXIS_NAMES)
def test_a_slice_along_the_thick_axis_is_that_of_its_plane(
    axis: int, factor: int, head: Volume
) -> None:
    scan = Degradation(axis, 4).thick_volume(head)
    request, point = Request(axis, factor), _point(scan)
    slices = _three(scan, request, point)
    for fusion, group in zip(("first", "second"), cross_planes(axis), strict=True):
        alone = run(reconstruct(scan, replace(request, fusion=fusion))).volume
        plane = next(p for p in Plane if p.normal_axis(alone.geometry) == group.normal)
        expected, preview_slice = slice_at(alone, plane, point), slices[plane]
        assert (preview_slice.number, preview_slice.thick, preview_slice.estimates) == (
            expected.index,
            None,
            2,
        )
        seen = slice_at(preview_slice.volume, plane, point)
        assert seen.inside and seen.extent_mm == pytest.approx(expected.extent_mm)
        off = np.abs(seen.pixels - expected.pixels).max()
        assert (
            off < 1e-3 * measured_intensity(scan.voxels).range
        )  # what is no air is closer: see below
        tissue = expected.pixels > 0.05 * measured_intensity(scan.voxels).range
        assert np.allclose(seen.pixels[tissue], expected.pixels[tissue], atol=0.01)


def test_each_look_reproduces_what_was_measured(thick_head: Volume) -> None:
    request, grid = Request(2, 4), thick_head.geometry
    slices = _three(thick_head, request, _point(thick_head))
    for plane in (Plane.SAGITTAL, Plane.CORONAL):
        preview_slice, axis = slices[plane], plane.normal_axis(grid)
        again = Degradation(2, 4).apply(preview_slice.volume.voxels)
        measured = np.take(thick_head.voxels, [preview_slice.number], axis)
        assert np.allclose(again, measured, atol=0.01)
    thin = []
    for number in range(20, 24):  # the thick slice 5
        point = grid.refined(2, 4).world((20, 20, number))
        thin.append(_three(thick_head, request, point)[Plane.AXIAL].volume.voxels)
    assert np.allclose(np.mean(thin, axis=0)[..., 0], thick_head.voxels[..., 5], atol=0.01)


def test_the_slice_across_the_thick_axis_comes_from_a_slab(
    make_head: Callable[..., Volume],
) -> None:
    scan = Degradation(2, 4).thick_volume(make_head((40, 40, 96)))
    request, point = Request(2, 4, fusion="mean"), _point(scan)
    preview_slice = _three(scan, request, point)[Plane.AXIAL]
    alone = run(reconstruct(scan, replace(request, fusion="first"))).volume
    expected = slice_at(alone, Plane.AXIAL, point)
    assert (preview_slice.number, preview_slice.thick) == (expected.index, 2 * MARGIN + 1)
    off = np.abs(slice_at(preview_slice.volume, Plane.AXIAL, point).pixels - expected.pixels)
    assert 0 < np.percentile(off, 99) < 0.02 * measured_intensity(scan.voxels).range


def test_scans_below_zero_are_looked_at_as_they_are(thick_head: Volume) -> None:
    shifted = replace(thick_head, voxels=thick_head.voxels - np.float32(1000))
    # In 8-bit integers what a constant rounds off would show by more.
    request, point = Request(2, 4, precision="float32"), _point(thick_head)
    plain, below = _three(thick_head, request, point), _three(shifted, request, point)
    for plane in Plane:
        assert np.allclose(below[plane].volume.voxels + 1000, plain[plane].volume.voxels, atol=0.05)


def test_quick_slices_follow_the_crosshair_and_the_result_is_the_same(thick_head: Volume) -> None:
    request = Request(2, 4)
    watched = Watched(thick_head, request, _point(thick_head))
    watched.until(lambda: len(watched.slices) == 3)
    watched.point = _point(thick_head, (0.7, 0.55, 0.9))  # across the thick axis: not quick
    watched.until(lambda: watched.step().fraction > 0.5)
    assert [preview_slice.plane for preview_slice in watched.slices[3:]] == [Plane.SAGITTAL]
    assert watched.slices[3].number == round(0.7 * 40)
    watched.point = thick_head.geometry.refined(2, 4).world((28, 26, 17))  # in the slab's middle
    result = None
    while result is None:
        try:
            watched.step()
        except StopIteration as end:
            result = end.value
    assert [preview_slice.plane for preview_slice in watched.slices[4:]] == [Plane.AXIAL]
    expected = run(reconstruct(thick_head, request))
    assert np.array_equal(result.volume.voxels, expected.volume.voxels)


def test_texture_and_flips_are_looked_at_and_said(thick_head: Volume) -> None:
    point = _point(thick_head)
    plain = _three(thick_head, Request(2, 4), point)[Plane.CORONAL]
    sharp = _three(thick_head, Request(2, 4, texture=1.0, flips=True), point)[Plane.CORONAL]
    assert sharp.estimates == 8 and plain.estimates == 2
    assert not np.allclose(sharp.volume.voxels, plain.volume.voxels, atol=1)


def test_what_the_whole_scan_decides_has_no_first_look(thick_head: Volume, head: Volume) -> None:
    request = Request(2, 4)
    assert can_preview(thick_head, request, None)
    others = (
        replace(request, method="cubic"),
        replace(request, adaptation=Adaptation(steps=1)),
        replace(request, also=((0, 2),)),
        replace(request, isotropic=True),
        replace(request, profile="gaussian"),
        replace(request, thickness_mm=3.0),
        replace(request, thickness_mm=300.0),  # cannot be: the reconstruction says so
        replace(request, fusion="first"),
    )
    assert not any(can_preview(thick_head, other, None) for other in others)
    assert not can_preview(thick_head, request, head)
    assert {"mean", "first"} < {fusion.id for fusion in FUSIONS}


def test_leaving_after_any_step_closes_the_rebuild(thick_head: Volume) -> None:
    request, steps = Request(2, 4), 0

    def rebuild(closed: list[bool]) -> Job[Reconstruction]:
        try:
            return (yield from reconstruct(thick_head, request))
        finally:
            closed.append(True)

    while True:
        closed: list[bool] = []
        inner = rebuild(closed)
        job = with_preview(thick_head, request, lambda: (0.0, 0.0, 0.0), inner)
        taken = sum(1 for _, _ in zip(range(steps + 1), job, strict=False))
        job.close()
        assert inner.gi_frame is None and len(closed) <= 1
        if taken <= steps:
            break
        steps += 1
    assert closed and steps > 6


def test_an_unknown_model_is_told_as_the_rebuild_tells_it(thick_head: Volume) -> None:
    request = Request(2, 4, model="nobody")
    with pytest.raises(UserError, match="nobody"):
        run(with_preview(thick_head, request, lambda: (0, 0, 0), reconstruct(thick_head, request)))
