"""The slices of a plane: what is fixed for all of them is the same whichever are asked for."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.slices.planes import cross_planes
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.core.volumes.voxel_sources import ArrayVoxels, Cropped, Memory, shape_of
from srviewer.job import Job, run
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.cross_plane.plane_slices import PlaneSlices, sharp_slices
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request


class Watched(Upsampler):
    """The network, which keeps the windows that it was shown."""

    def __init__(self) -> None:
        super().__init__(find_model("fast"), "cpu")
        self.shown: list[list[Voxels]] = []

    @property
    def needs_scales(self) -> bool:
        return not self.shown

    def fix_scales(self, windows: Iterable[Voxels], factor: int, scale: float) -> Job[None]:
        self.shown.append(list(windows))
        yield from ()

    def upsample_seen(self, padded: Voxels, factor: int, scale: float) -> Job[Voxels]:
        assert self.shown  # they come before the first batch
        return super().upsample_seen(padded, factor, scale)


def _slices(scan: Volume, stages: tuple[int, ...]) -> PlaneSlices:
    source = ArrayVoxels(shape_of(scan.voxels), scan.voxels)
    return PlaneSlices(Watched(), source, Intensity(0.0, 1000.0), stages)


def _shown(slices: PlaneSlices) -> list[Voxels]:
    assert isinstance(slices.upsampler, Watched)
    (windows,) = slices.upsampler.shown  # once, for all planes and passes
    return windows


def _drop(start: int, slab: Voxels) -> Job[None]:
    yield from ()


@pytest.mark.parametrize("stages", [(2,), (4, 3)])
def test_every_way_sees_the_same_windows_before_its_first_batch(
    stages: tuple[int, ...], thick_head: Volume
) -> None:
    group, other = cross_planes(2)
    whole, one, part = (_slices(thick_head, stages) for _ in range(3))
    for plane in (group, other):
        run(whole.every(plane, whole.slab_slices(plane), Memory(), _drop))
    run(one.some(other, 20, 21))
    near = replace(part, source=Cropped(part.source, 2, 2, 7), whole=part.source)
    run(near.some(group, 0, 40))
    windows = _shown(whole)
    for others in (_shown(one), _shown(part)):
        assert all(np.array_equal(a, b) for a, b in zip(windows, others, strict=True))
    assert len(windows) == 40 + 48  # a scan as small as this is seen whole


def test_of_large_slices_the_sharpest_of_each_stretch_is_taken() -> None:
    voxels = np.random.default_rng(5).normal(size=(96, 128, 80)).astype(np.float32)
    group, _ = cross_planes(2)
    assert group.normal == 0
    numbers = sharp_slices(ArrayVoxels(shape_of(voxels), voxels), group)
    second = np.abs(np.diff(voxels, 2, axis=2)).max(axis=(1, 2))
    assert numbers == [start + int(second[start : start + 8].argmax()) for start in range(0, 96, 8)]


@pytest.mark.usefixtures("int8")
@pytest.mark.parametrize("sign", [1, -1])
def test_8_bit_integers_are_near_float32_where_few_slices_stand_for_others(sign: int) -> None:
    """A checkerboard, and upside down: in each slice, other features are largest."""
    i, j, k = np.indices((40, 40, 12))
    bright = np.random.default_rng(6).uniform(500, 1000, (40, 1, 1))
    voxels = np.float32(sign * bright * ((i + j + k) % 2))
    scan = Volume(voxels, Geometry(voxels.shape, np.diag([1.0, 1.0, 4.0, 1.0])), "board")
    asked = Request(2, 4, model="standard", device="cpu")
    exact, quick = (
        run(reconstruct(scan, replace(asked, precision=name))) for name in ("float32", "int8")
    )
    assert quick.precision is not None and quick.precision.name == "int8"
    apart = np.abs(quick.volume.voxels - exact.volume.voxels) / exact.data_range
    assert 1e-4 < apart.max() < 0.03
