"""Fewer voxels for planes of coarse pixels."""

import gc
import weakref

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.thinned_voxels import steps_for, thinned_voxels
from srviewer.core.volumes.volume import Volume


@pytest.fixture
def volume() -> Volume:
    voxels = np.asfortranarray(np.random.default_rng(0).normal(size=(9, 8, 5)).astype("f4"))
    return Volume(voxels, Geometry(voxels.shape, np.diag([0.5, 0.5, 2.0, 1])), "noise")


def test_voxels_that_are_kept_are_no_further_apart_than_pixels(volume: Volume) -> None:
    assert steps_for(volume.geometry, 0.9) == (1, 1, 1)
    assert steps_for(volume.geometry, 1.0 - 1e-9) == (2, 2, 1)
    assert steps_for(volume.geometry, 3.9) == (4, 4, 1)
    assert steps_for(volume.geometry, 4.0) == (4, 4, 2)


def test_they_are_the_same_voxels_copied_once(volume: Volume) -> None:
    assert thinned_voxels(volume, (1, 1, 1)) is volume.voxels
    thin = thinned_voxels(volume, (4, 2, 1))
    np.testing.assert_array_equal(thin, volume.voxels[::4, ::2])
    assert thin.flags.f_contiguous and thin is thinned_voxels(volume, (4, 2, 1))


def test_a_copy_goes_with_its_volume() -> None:
    volume = Volume(np.zeros((4, 4, 4), "f4"), Geometry((4, 4, 4), np.eye(4)), "empty")
    copy = weakref.ref(thinned_voxels(volume, (2, 2, 2)))
    assert copy() is not None
    del volume
    gc.collect()
    assert copy() is None
