"""Stacks in which so many slices differ that none is an exception."""

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slice_faults.faults import volume_faults
from srviewer.core.volumes.volume import Volume
from srviewer.job import run


@pytest.mark.parametrize("slices", [6, 7, 8])
def test_repeats_and_jumps_in_few_slices_are_no_exceptions(slices: int) -> None:
    rng = np.random.default_rng(slices)
    geometry = Geometry((16, 16, slices), np.diag((1.0, 1.0, 5.0, 1.0)))
    for _ in range(60):
        kinds = np.round(rng.random((16, 16, 3)) * 100)
        order = rng.integers(0, 3, slices)
        voxels = (kinds[..., order] * rng.choice((1, 3), slices)).astype(np.float32)
        run(volume_faults(Volume(voxels, geometry, "few")))
    same = np.repeat(kinds[..., :1], slices, axis=2).astype(np.float32)
    assert run(volume_faults(Volume(same, geometry, "same"))).bad == ()
