"""Fill, islands and holes change exactly the voxels that they should."""

import numpy as np
import pytest

from srviewer.core.intensity.window import Window
from srviewer.core.masks.brush import Paint
from srviewer.core.masks.editable_mask import EditableMask, editable
from srviewer.core.masks.fill import filled
from srviewer.core.masks.islands import largest_alone, without_holes, without_small
from srviewer.core.masks.label_volumes import label_volumes
from srviewer.core.regions.labels import Label
from srviewer.errors import UserError
from srviewer.job import run

SHAPE = (12, 10, 8)


@pytest.fixture
def mask() -> EditableMask:
    """A hollow box of label 1, open at no side, a smaller box of it, a voxel, a box of label 2."""
    labels = np.zeros(SHAPE, np.float32)
    labels[1:6, 1:6, 1:6] = 1
    labels[2:5, 2:5, 2:5] = 0
    labels[8:10, 1:4, 1:3] = 1
    labels[11, 9, 7] = 1
    labels[8:10, 6:8, 1:3] = 2
    labels[3, 3, 3] = 2
    return run(editable(labels))


def test_fill_stays_in_its_slice_and_within_its_border(mask: EditableMask) -> None:
    before = mask.voxels.copy()
    mask.apply(run(filled(mask, (2, 2, 4), 2, Paint(5))))
    changed = mask.voxels != before
    assert changed.sum() == 9 and changed[2:5, 2:5, 4].all() and (mask.voxels[changed] == 5).all()


def test_fill_relabels_one_island_in_the_slice(mask: EditableMask) -> None:
    mask.apply(run(filled(mask, (8, 2, 1), 0, Paint(4))))
    assert (mask.voxels == 4).sum() == 6 and (mask.voxels[8, 1:4, 1:3] == 4).all()


def test_fill_keeps_to_the_threshold_range(mask: EditableMask) -> None:
    grey = np.zeros(SHAPE, np.float32)
    grey[0:12, 8:10, 5] = 7.0
    paint = Paint(3, grey=grey, within=Window(6.0, 8.0))
    mask.apply(run(filled(mask, (4, 9, 5), 2, paint)))
    assert np.array_equal(mask.voxels == 3, grey == 7.0)
    with pytest.raises(UserError, match="outside the threshold range"):
        run(filled(mask, (0, 0, 5), 2, paint))


def test_what_is_open_and_what_lies_outside_is_not_filled(mask: EditableMask) -> None:
    before = mask.voxels.copy()
    for at, reason in (((0, 0, 0), "not enclosed"), ((0, 0, 8), "does not reach")):
        with pytest.raises(UserError, match=reason):
            run(filled(mask, at, 2, Paint(1)))
    with pytest.raises(UserError, match="has the label already"):
        run(filled(mask, (1, 1, 1), 2, Paint(1)))
    with pytest.raises(UserError, match="other labels are kept"):
        run(filled(mask, (8, 2, 1), 2, Paint(4, replaced=0)))
    assert np.array_equal(mask.voxels, before)


def test_small_islands_go_and_other_labels_stay(mask: EditableMask) -> None:
    before = mask.voxels.copy()
    mask.apply(run(without_small(mask, 1, 12)))
    expected = before.copy()
    expected[11, 9, 7] = 0  # one voxel; the box has 12
    assert np.array_equal(mask.voxels, expected)
    with pytest.raises(UserError, match="no island below"):
        run(without_small(mask, 1, 12))
    with pytest.raises(UserError, match="no voxel"):
        run(without_small(mask, 7, 12))


def test_the_largest_island_is_kept(mask: EditableMask) -> None:
    before = mask.voxels.copy()
    mask.apply(run(largest_alone(mask, 1)))
    expected = before.copy()
    expected[6:][expected[6:] == 1] = 0
    assert np.array_equal(mask.voxels, expected)
    with pytest.raises(UserError, match="one island already"):
        run(largest_alone(mask, 1))


def test_holes_are_filled_but_for_what_others_have(mask: EditableMask) -> None:
    mask.apply(run(without_holes(mask, 1)))
    assert mask.voxels[3, 3, 3] == 2
    assert (mask.voxels[1:6, 1:6, 1:6] == 1).sum() == 5**3 - 1
    with pytest.raises(UserError, match="encloses no empty voxel"):
        run(without_holes(mask, 1))


def test_volumes_before_and_after() -> None:
    labels = [Label(1, "a", (0, 0, 0), 0, (0, 0, 0)), Label(2, "", (0, 0, 0), 0, (0, 0, 0))]
    first, second, third, every = label_volumes(labels, {1: 100}, {1: 150, 2: 10, 4: 1}, 2.5)
    assert (first.before_ml, first.after_ml, first.difference_ml) == (0.25, 0.375, 0.125)
    assert first.difference_percent == 50.0 and second.difference_percent is None
    assert (third.value, every.value, every.before, every.after) == (4, 0, 100, 161)
