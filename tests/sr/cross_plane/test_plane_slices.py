"""The slices of a plane: what is fixed for all of them is the same whichever are asked for."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.slices.planes import cross_planes
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.core.volumes.voxel_sources import ArrayVoxels, Cropped, Memory, shape_of
from srviewer.job import Job, run
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.cross_plane.plane_slices import PlaneSlices
from srviewer.sr.models.available_models import find_model


class Watched(Upsampler):
    """The network, which keeps the windows that it was shown."""

    windows = 6

    def __init__(self) -> None:
        super().__init__(find_model("fast"), "cpu")
        self.shown: list[tuple[int, Voxels]] = []

    def fixed(self, windows: Voxels, factor: int, scale: float) -> Upsampler:
        self.shown.append((factor, windows))
        return self


def _slices(scan: Volume, stages: tuple[int, ...]) -> PlaneSlices:
    source = ArrayVoxels(shape_of(scan.voxels), scan.voxels)
    return PlaneSlices(Watched(), source, Intensity(0.0, 1000.0), stages)


def _shown(slices: PlaneSlices) -> list[tuple[int, Voxels]]:
    assert isinstance(slices.upsampler, Watched)
    return slices.upsampler.shown


def _drop(start: int, slab: Voxels) -> Job[None]:
    yield from ()


@pytest.mark.parametrize("stages", [(2,), (4, 3)])
def test_every_way_sees_the_same_windows_before_its_first_batch(
    stages: tuple[int, ...], thick_head: Volume
) -> None:
    group = cross_planes(2)[0]
    whole, one, part = (_slices(thick_head, stages) for _ in range(3))
    run(whole.every(group, whole.slab_slices(group), Memory(), _drop))
    run(one.some(group, 20, 21))
    near = replace(part, source=Cropped(part.source, 2, 2, 7), whole=part.source)
    run(near.some(group, 0, 40))
    assert [factor for factor, _ in _shown(whole)] == list(stages)
    for other in (one, part):
        windows = dict(_shown(other))
        assert all(np.array_equal(windows[factor], seen) for factor, seen in _shown(whole))
    first = dict(_shown(whole))[stages[0]]
    assert first.shape == (6, 2 * whole.upsampler.neighbours + 1, 9, 48)
    middle = whole.upsampler.neighbours
    assert np.array_equal(first[0, middle], thick_head.voxels[3].T)
