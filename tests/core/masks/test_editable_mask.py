"""Strokes change a mask in place, are taken back exactly, and never tear a copy."""

from threading import Event, Thread

import numpy as np
import pytest

from phantoms import affine_of, rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.masks.brush import Brush, Paint, along, dab, voxel_at
from srviewer.core.masks.correction import Correction, counted_again, stored_type
from srviewer.core.masks.editable_mask import MOST_LABELS, EditableMask, editable
from srviewer.core.regions.labels import Label
from srviewer.job import run

SHAPE = (17, 13, 9)
SHEARED = affine_of(rotation((10, -20, 35)) @ [[1, 0, 0.2], [0, 1, 0], [0, 0, 1]], (1, 0.8, 3))


def _mask(seed: int = 1, shape: tuple[int, int, int] = SHAPE) -> EditableMask:
    labels = np.random.default_rng(seed).integers(0, 4, shape)
    return run(editable(labels.astype(np.float32)))


@pytest.mark.parametrize("affine", [np.diag([1.0, 1.0, 4.0, 1.0]), SHEARED])
@pytest.mark.parametrize("sphere", [False, True])
def test_a_dab_changes_the_voxels_within_its_radius_in_mm(affine: np.ndarray, sphere: bool) -> None:
    geometry = Geometry(SHAPE, affine)
    mask = run(editable(np.zeros(SHAPE, np.float32)))
    centre = (8, 2, 4)  # near an edge
    assert dab(mask, geometry, Brush(7.0, sphere), centre, 2, Paint(3))
    index = np.stack(np.indices(SHAPE), axis=-1)
    offsets = geometry.world(index) - geometry.world(centre)
    expected = np.linalg.norm(offsets, axis=-1) <= 3.5
    if not sphere:
        expected &= index[..., 2] == 4
    assert np.array_equal(mask.voxels == 3, expected)
    assert mask.counts == {3: int(expected.sum())}
    assert not dab(mask, geometry, Brush(7.0, sphere), (-9, 2, 4), 2, Paint(3))


def test_the_way_of_the_mouse_has_no_gaps() -> None:
    geometry = Geometry(SHAPE, np.diag([1.0, 1.0, 4.0, 1.0]))
    start, stop = (1.0, 1.0, 16.0), (15.0, 11.0, 16.0)
    way = [voxel_at(geometry, start), *along(geometry, Brush(1.0), start, stop)]
    assert way[-1] == (15, 11, 4)
    assert max(np.abs(np.diff(way, axis=0)).max(axis=1)) == 1
    assert len(set(way)) == len(way)


def test_threshold_and_protection_choose_the_voxels() -> None:
    mask, geometry = _mask(), Geometry(SHAPE, np.eye(4))
    before = mask.voxels.copy()
    grey = np.random.default_rng(2).random(SHAPE).astype(np.float32)
    paint = Paint(2, replaced=0, grey=grey, within=Window(0.3, 0.6))
    dab(mask, geometry, Brush(100.0, sphere=True), (5, 5, 5), 2, paint)
    chosen = (before == 0) & (grey >= 0.3) & (grey <= 0.6)
    assert chosen.any() and np.array_equal(mask.voxels, np.where(chosen, 2, before))
    stroke = mask.finish(2)
    assert stroke is not None and len(stroke.places) == chosen.sum()
    dab(mask, geometry, Brush(100.0, sphere=True), (5, 5, 5), 2, Paint(0, replaced=2))
    assert not (mask.voxels == 2).any() and np.array_equal(mask.voxels == 3, before == 3)


def test_strokes_are_taken_back_and_made_again_exactly() -> None:
    mask, geometry = _mask(), Geometry(SHAPE, np.eye(4))
    random = np.random.default_rng(3)
    first = Correction(mask, 0, dict(mask.counts))
    known = [(first, mask.voxels.copy(), dict(mask.counts))]
    for _ in range(20):
        label = int(random.integers(0, 6))
        for _ in range(int(random.integers(1, 5))):
            at = random.integers(0, SHAPE)
            brush = Brush(float(random.uniform(1, 8)), bool(random.integers(2)))
            dab(mask, geometry, brush, (int(at[0]), int(at[1]), int(at[2])), 1, Paint(label))
        stroke = mask.finish(label)
        if stroke is not None:
            assert len(np.unique(stroke.places)) == len(stroke.places)
            known.append((known[-1][0].after(stroke), mask.voxels.copy(), dict(mask.counts)))
    assert mask.finish(1) is None and len(known) > 10
    way = [*range(len(known) - 1, -1, -1), *range(1, len(known))]
    here = known[-1][0]
    for number in way:
        wanted, voxels, counts = known[number]
        here.lead_to(wanted)
        here = wanted
        assert mask.version == wanted.version
        assert np.array_equal(mask.voxels, voxels) and mask.counts == counts
        values, numbers = np.unique(voxels[voxels > 0], return_counts=True)
        assert counts == dict(zip(values.astype(int).tolist(), numbers.tolist(), strict=True))


def test_a_copy_is_of_the_last_finished_stroke() -> None:
    mask, geometry = _mask(), Geometry(SHAPE, np.eye(4))
    finished = mask.voxels.copy()
    dab(mask, geometry, Brush(6.0, sphere=True), (5, 5, 5), 2, Paint(5))
    version, copy = mask.snapshot()
    assert version == 0 and np.array_equal(copy, finished)
    assert mask.finish(5) is not None and mask.snapshot()[0] == 1
    assert np.array_equal(mask.snapshot()[1], mask.voxels)


def test_copies_are_whole_while_another_thread_paints() -> None:
    shape = (64, 64, 48)
    mask, geometry = run(editable(np.zeros(shape, np.float32))), Geometry(shape, np.eye(4))
    sums, ended = {0: 0.0}, Event()

    def paint() -> None:
        for number in range(1, 60):
            for k in range(4, 44, 8):
                dab(mask, geometry, Brush(9.0, sphere=True), (8 + number % 48, 30, k), 2, Paint(1))
            voxels = float((mask.voxels == 1).sum())
            mask.finish(1)
            sums[mask.version] = voxels
        ended.set()

    thread = Thread(target=paint)
    copies = []
    thread.start()
    while not ended.is_set():
        copies.append(mask.snapshot())
    thread.join()
    assert copies and all(float(copy.sum()) == sums[version] for version, copy in copies)


def test_labels_are_counted_again_and_go_to_a_voxel_of_their_own() -> None:
    mask, geometry = _mask(), Geometry(SHAPE, np.eye(4))
    labels = tuple(Label(n, f"part {n}", (n, n, n), 0, (0, 0, 0)) for n in (1, 2, 3))
    dab(mask, geometry, Brush(4.0), (5, 5, 5), 2, Paint(9))
    stroke = mask.finish(9)
    assert stroke is not None
    after = counted_again(labels, mask, stroke)
    assert [label.value for label in after] == [1, 2, 3, 9]
    assert all(mask.voxels[label.inside] == label.value for label in after)
    assert {label.value: label.voxels for label in after} == mask.counts
    assert after[0].name == "part 1"


@pytest.mark.parametrize("value", [-1, MOST_LABELS + 1])
def test_values_that_are_no_labels_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="labels run from 0"):
        run(editable(np.full((2, 2, 2), value, np.float32)))


def test_the_stored_type_holds_the_largest_label() -> None:
    assert [stored_type("uint8", 255), stored_type("uint8", 256)] == ["uint8", "uint16"]
    assert [stored_type("int16", 300), stored_type("float32", 3)] == ["int16", "uint8"]
