"""A region without learned detail: exact inside, smooth at its edge, agreement untouched."""

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.locked_region import EDGE_MM, LockWeights, locked
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError


def _mask(like: Volume, where: tuple[slice, slice, slice]) -> Volume:
    voxels = np.zeros(like.geometry.shape, np.float32)
    voxels[where] = 1
    return Volume(voxels, like.geometry, "lesion")


def lock_weights(mask: Volume, scan: Geometry) -> Voxels:
    return LockWeights(mask, scan).read(0, 0, scan.shape[0])


def test_it_is_one_inside_and_fades_to_nothing(head: Volume) -> None:
    where = (slice(10, 16), slice(20, 30), slice(8, 12))
    weights = lock_weights(_mask(head, where), head.geometry)
    assert np.all(weights[where] == 1)
    assert weights[9, 25, 10] > weights[8, 25, 10] > 0  # 1 and 2 mm outside
    assert weights[16 + int(EDGE_MM), 25, 10] == 0
    slabs = LockWeights(_mask(head, where), head.geometry)
    for axis in range(3):
        spans = [(n, min(n + 5, weights.shape[axis])) for n in range(0, weights.shape[axis], 5)]
        together = np.concatenate([slabs.read(axis, *span) for span in spans], axis)
        np.testing.assert_array_equal(together, weights)


def test_a_fine_mask_locks_every_thick_voxel_that_it_touches(head: Volume) -> None:
    thick = head.geometry.coarsened(2, 4)
    mask = _mask(head, (slice(10, 11), slice(20, 21), slice(7, 9)))  # parts of two slices
    weights = lock_weights(mask, thick)
    assert weights[10, 20, 1] == weights[10, 20, 2] == 1
    coarse = Volume(np.ones((2, 2, 2), np.float32), Geometry((2, 2, 2), np.diag([9, 9, 9, 1])), "m")
    assert (lock_weights(coarse, head.geometry) == 1).sum() > 1000


def test_mixing_keeps_what_was_measured(head: Volume) -> None:
    degradation = Degradation(2, 4)
    scan = degradation.apply(head.voxels)
    flat = np.repeat(scan, 4, axis=2)
    weights = np.random.default_rng(0).random(scan.shape, np.float32)
    mixed = locked(head.voxels[:, :, :36], flat, weights, 2, 4)
    assert np.allclose(degradation.apply(mixed), scan, atol=0.01)


def test_a_region_elsewhere_is_refused(head: Volume) -> None:
    affine = np.eye(4)
    affine[:3, 3] = 9000
    far = Volume(np.ones((4, 4, 4), np.float32), Geometry((4, 4, 4), affine), "far")
    with pytest.raises(UserError, match="outside the scan"):
        lock_weights(far, head.geometry)
