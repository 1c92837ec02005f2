"""One slice by cubic interpolation: that of the whole scan by cubic interpolation."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.sr.reconstruction.cubic_slice import cubic_slice
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request


@pytest.mark.parametrize(
    ("padding", "also"),
    [(None, ()), (None, ((0, 2),)), (-5.0, ())],
    ids=["one-axis", "two-axes", "padded"],
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_slice_is_that_of_the_whole_interpolation(
    order: str, padding: float | None, also: tuple[tuple[int, int], ...], head: Volume
) -> None:
    scan = Degradation(1, 3).thick_volume(head)
    voxels = np.array(scan.voxels, order=order)
    if padding is not None:
        voxels[:5] = padding
    scan = replace(scan, voxels=voxels, padding=padding)
    request = Request(1, 4, "cubic", also=also)
    whole = run(reconstruct(scan, request)).volume
    scale = measured_intensity(scan.voxels).range
    for plane in Plane:
        normal = plane.normal_axis(scan.geometry)
        count = whole.geometry.shape[normal]
        for number in (0, 1, count // 2, count - 1):
            alone = cubic_slice(scan, request.steps, plane, number)
            grid = whole.geometry.cropped(normal, number, number + 1)
            assert alone.geometry.matches(grid)
            expected = np.take(whole.voxels, [number], normal)
            assert np.abs(alone.voxels - expected).max() < 1e-3 * scale
