"""Thick slabs: which slices they hold, and what the projection of these is."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from phantoms import ORIENTATIONS, affine_of, head, numbered, rotation
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.comparison.difference import difference_slice
from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.pace import SLAB, Pace
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.slices.slab_projector import SlabProjector
from srviewer.core.slices.thick_slab import (
    SLAB_KINDS,
    SlabPlace,
    ThickSlab,
    slab_of_words,
    slab_words,
)
from srviewer.core.volumes.volume import Volume

REDUCED = {"mean": np.nanmean, "maximum": np.nanmax, "minimum": np.nanmin}


def _pixels(volume: Volume, place: SlabPlace) -> np.ndarray:
    projected = SlabProjector(Pace(SLAB)).projected(volume, place)
    return slice_at(projected, place.plane, place.centre_mm).pixels


@pytest.mark.parametrize("number", range(0, len(ORIENTATIONS), 5))
def test_a_block_of_thin_slices_stands_over_its_thick_slice_in_every_orientation(
    number: int,
) -> None:
    thin = head((20, 24, 16), directions=ORIENTATIONS[number])
    for axis, factor in ((0, 4), (1, 3), (2, 2)):
        thick = Degradation(axis, factor).thick_volume(thin)
        plane = next(p for p in Plane if p.normal_axis(thin.geometry) == axis)
        slab = ThickSlab("mean", None, shown=True)
        for fine in range(thin.geometry.shape[axis]):
            at = np.array((9.0, 9.0, 9.0))
            at[axis] = fine
            place = slab.at(thick.geometry, plane, thin.geometry.world(at))
            block = fine // factor
            assert list(place.numbers(thin.geometry)) == list(
                range(block * factor, (block + 1) * factor)
            )
            assert list(place.numbers(thick.geometry)) == [block]
            measured = slice_at(thick, plane, thin.geometry.world(at)).pixels
            assert np.array_equal(_pixels(thick, place), measured)
            assert np.allclose(_pixels(thin, place), measured, atol=1e-3)


def test_the_slices_of_a_slab_by_its_mm_and_at_the_ends() -> None:
    volume = numbered((6, 7, 9), affine_of(np.eye(3), (1.0, 1.0, 2.0)))
    world = volume.geometry.world

    def slices(mm: float, k: float) -> list[int]:
        at = np.asarray(world((2, 2, k)))
        return list(SlabPlace("mean", Plane.AXIAL, at, mm).numbers(volume.geometry))

    assert slices(2, 4) == [4] and slices(5, 4) == slices(6, 4) == [3, 4, 5]
    assert slices(4, 4) == [4, 5]  # of two at the faces the one towards S
    assert slices(0.5, 4.3) == [4]  # no centre lies in it: the nearest slice
    assert slices(10, 0) == [0, 1, 2] and slices(10, 8) == [6, 7, 8]
    assert slices(4, -6) == [0] and slices(4, 20) == [8] and slices(400, 4) == list(range(9))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("padding", [None, -1000.0])
def test_projections_are_numpys_however_the_slab_was_reached(
    order: str, padding: float | None
) -> None:
    random = np.random.default_rng(4)
    voxels = np.asarray(random.normal(300, 200, (31, 12, 33)), np.float32, order=order)
    if padding is not None:
        voxels[random.random(voxels.shape) < 0.4] = padding
    volume = Volume(voxels, Geometry(voxels.shape, affine_of(np.eye(3))), "random", padding=padding)
    seen = np.where(voxels == padding, np.nan, voxels)
    for plane in Plane:
        axis = plane.normal_axis(volume.geometry)
        projectors = {mm: SlabProjector(Pace(SLAB)) for mm in (5.0, 19.0)}
        steps = (*range(12, 21), 19, 4, 4, 17)  # on, back, to the end and far away
        for kind, step, mm in product(SLAB_KINDS, steps, (5.0, 19.0)):
            at = np.array((5.0, 5.0, 5.0))
            at[axis] = step
            place = SlabPlace(kind, plane, np.asarray(volume.geometry.world(at)), mm)
            numbers = place.numbers(volume.geometry)
            block = np.moveaxis(seen, axis, 0)[numbers.start : numbers.stop].astype(np.float64)
            empty = np.isnan(block).all(axis=0)
            block[:, empty] = padding if padding is not None else 0
            wanted = REDUCED[kind](block, axis=0)
            found = projectors[mm].projected(volume, place)
            assert found.geometry.shape[axis] == 1
            assert np.allclose(np.squeeze(found.voxels, axis), wanted, rtol=1e-6)


def test_the_difference_of_slabs_is_the_residual_of_the_result() -> None:
    thin = head()
    thick = Degradation(2, 4).thick_volume(thin)
    voxels = thin.voxels + np.float32(7) * (np.arange(36) // 4 == 5)
    wrong = thin.derived(voxels, thin.geometry, "one block is 7 too bright")
    slab, projector = ThickSlab("mean", None, shown=True), SlabProjector(Pace(SLAB))
    for fine in (19, 20, 23):
        at = thin.geometry.world((20, 20, fine))
        place = slab.at(thick.geometry, Plane.AXIAL, at)
        pair = (projector.projected(volume, place) for volume in (thick, wrong))
        found = difference_slice(*pair, Plane.AXIAL, at, smooth=True)
        assert found.covered.all()
        assert np.allclose(found.image.pixels, -7 if fine >= 20 else 0, atol=1e-3)


def test_overlays_show_the_largest_magnitude_without_hidden_labels_oblique_ones_too() -> None:
    labels = np.zeros((12, 12, 12), np.float32)
    labels[6, 6, 3], labels[6, 6, 5], labels[2, 3, 4] = 9, 4, -2
    geometry = Geometry(labels.shape, affine_of(np.eye(3)))
    mask = Volume(labels, geometry, "labels")
    at = np.asarray(geometry.world((6, 6, 4)))
    place, projector = SlabPlace("mean", Plane.AXIAL, at, 3.0), SlabProjector(Pace(SLAB))
    plain = projector.projected_overlay(mask, place, mask, frozenset())
    assert plain.voxels[6, 6, 0] == 9 and plain.voxels[2, 3, 0] == -2
    hidden = projector.projected_overlay(mask, place, mask, frozenset({9}))
    assert hidden.voxels[6, 6, 0] == 4
    # Turned about the voxel of label 4, which lies in the slab and not in the slice at its middle.
    affine = affine_of(rotation((25, 0, 0)))
    affine[:3, 3] += geometry.world((6, 6, 5)) - affine[:3, :3] @ (6, 6, 5) - affine[:3, 3]
    turned = replace(mask, geometry=Geometry(labels.shape, affine))
    found = projector.projected_overlay(turned, place, mask, frozenset({9}))
    assert found.geometry.shape == (12, 12, 1)
    assert found.voxels[6, 6, 0] == 4 and (found.voxels == 4).sum() == 1


def test_words_and_steps() -> None:
    for text in ("mean:5", "maximum:12.5", "mean:slices"):
        assert slab_words(slab_of_words(text)) == text
    for wrong in ("median:5", "mean", "mean:0", "mean:nan", "mean:1000"):
        with pytest.raises(ValueError, match=r"."):
            slab_of_words(wrong)
    thick = Geometry((10, 10, 10), affine_of(np.eye(3), (1, 1, 4)))
    slab = ThickSlab("mean", None, shown=True)
    assert slab.stepped(thick, 1).mm == 5 and slab.stepped(thick, -1).mm == 3
    assert ThickSlab(mm=100.0).stepped(thick, 1) == ThickSlab(mm=100.0, shown=True)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("padding", [None, -1000.0])
def test_slabs_that_move_have_some_pixels_of_the_full_ones_where_those_are(
    order: str, padding: float | None
) -> None:
    voxels = np.asarray(np.random.default_rng(8).normal(300, 200, (13, 12, 11)), "f4", order=order)
    if padding is not None:
        voxels[voxels < 200] = padding
    for number in range(0, len(ORIENTATIONS), 7):
        affine = affine_of(ORIENTATIONS[number], (1.0, 1.0, 2.0))
        volume = Volume(voxels, Geometry(voxels.shape, affine), "random", padding=padding)
        projector = SlabProjector(Pace(SLAB))
        for kind, plane, step in product(SLAB_KINDS, Plane, (5, 6, 4)):
            full = SlabPlace(kind, plane, volume.geometry.world((step,) * 3), 5.0)
            coarse = replace(full, pixel_mm=2.0)  # every second voxel but along k
            whole, part = (projector.projected(volume, place) for place in (full, coarse))
            steps = coarse.steps(volume.geometry)
            kept = whole.voxels[:: steps[0], :: steps[1], :: steps[2]]
            assert max(steps) == 2 and part.voxels.size <= whole.voxels.size * 7 / 12
            assert np.allclose(part.voxels, kept, rtol=1e-6)
            corners = [np.zeros(3), np.array(part.geometry.shape) - 1]
            there = [whole.geometry.world(corner * steps) for corner in corners]
            assert np.allclose(part.geometry.world(corners), there)
            overlays = (
                projector.projected_overlay(volume, place, volume, frozenset())
                for place in (full, coarse)
            )
            whole, part = overlays
            kept = whole.voxels[:: steps[0], :: steps[1], :: steps[2]]
            assert np.array_equal(part.voxels, kept)
