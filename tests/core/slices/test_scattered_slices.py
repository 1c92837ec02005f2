"""Slices across the fastest axis of memory: the same values, however they are gathered."""

from itertools import permutations, product

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices import scattered_slices
from srviewer.core.slices.pace import SLAB, Pace
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.slices.scattered_slices import TOGETHER, ScatteredSlices, is_scattered
from srviewer.core.slices.slab_projector import SlabProjector
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.core.volumes.volume import Volume, Voxels

NUMBERS = (*range(11), *reversed(range(11)), 5, 6, 10, 0, 1)


def _voxels(shape: tuple[int, int, int] = (11, 14, 19)) -> Voxels:
    voxels = np.random.default_rng(1).random(shape, dtype=np.float32)
    return np.asfortranarray(voxels)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_slices_are_those_of_the_voxels_in_any_order_of_axes(order: tuple[int, int, int]) -> None:
    for steps in product((1, -1), repeat=3):
        voxels = _voxels().transpose(order)[tuple(slice(None, None, step) for step in steps)]
        (axis,) = (axis for axis in range(3) if is_scattered(voxels, axis))
        slices = ScatteredSlices(voxels, axis, blocks=2)
        for number in NUMBERS:
            expected, read = np.moveaxis(voxels, axis, 0)[number], slices.read(number)
            assert np.array_equal(read, expected)
            assert read.strides == expected.copy(order="K").strides


def test_neighbours_are_held_and_no_more_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    voxels = _voxels()
    slices = ScatteredSlices(voxels, 0)
    for number in (4, 5, 6):
        read = slices.read(number)
    assert read.base is not None and read.base.shape[0] == TOGETHER
    assert slices.read(7).base is read.base  # not gathered again
    monkeypatch.setattr(scattered_slices, "MOST_BYTES", voxels[0].nbytes)
    alone = ScatteredSlices(voxels, 0)
    assert all(np.array_equal(alone.read(n), voxels[n]) for n in NUMBERS)
    assert alone.read(3).base is None or alone.read(3).base.nbytes == voxels[0].nbytes


def test_a_single_slice_is_not_scattered() -> None:
    assert not is_scattered(_voxels((1, 14, 19)), 0)


def test_a_slice_is_read_in_the_place_of_a_view() -> None:
    voxels = _voxels()
    volume = Volume(voxels, Geometry((11, 14, 19), np.diag([-1.0, 1.0, 1.0, 1.0])), "scan")
    slices = ScatteredSlices(volume.voxels, 0)
    for number in NUMBERS:
        at = volume.geometry.world((number, 0, 0))
        plain = slice_at(volume, Plane.SAGITTAL, at)
        read = slice_at(volume, Plane.SAGITTAL, at, slices.read)
        assert np.array_equal(read.pixels, plain.pixels) and read.index == plain.index


def test_a_slab_is_projected_once_at_a_place() -> None:
    volume = Volume(_voxels(), Geometry((11, 14, 19), np.eye(4)), "scan")
    projector = SlabProjector(Pace(SLAB))
    for plane in Plane:
        first, again, moved = (
            projector.projected(volume, SlabPlace("mean", plane, np.full(3, mm), 3.0))
            for mm in (5.0, 5.0, 5.2)
        )
        assert again is first
        assert moved is not first  # the same slices, at another place
        assert not np.array_equal(moved.geometry.affine, first.geometry.affine)
