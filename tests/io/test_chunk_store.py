"""Voxels in chunks on disk: written along one axis, read along any, nothing left behind."""

from pathlib import Path

import numpy as np
import pytest

from srviewer.errors import UserError
from srviewer.io.chunk_store import Scratch

SHAPE = (13, 10, 17)
EDGES = (4, 3, 5)


@pytest.mark.parametrize("along", range(3))
def test_what_is_written_is_read(along: int, tmp_path: Path) -> None:
    voxels = np.random.default_rng(along).normal(size=SHAPE).astype(np.float32)
    with Scratch(tmp_path) as scratch:
        kept = scratch.voxels(SHAPE, EDGES)
        for start in range(0, SHAPE[along], 2 * EDGES[along]):
            slab = voxels.take(range(start, min(start + 2 * EDGES[along], SHAPE[along])), along)
            kept.write(along, start, slab)
        for axis in range(3):
            for start, stop in ((0, SHAPE[axis]), (1, 2), (3, 9), (SHAPE[axis] - 1, SHAPE[axis])):
                expected = voxels.take(range(start, stop), axis)
                np.testing.assert_array_equal(kept.read(axis, start, stop), expected)
        np.testing.assert_array_equal(np.concatenate(list(kept.parts()), axis=2), voxels)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with Scratch(tmp_path / "absent") as scratch, pytest.raises(UserError, match="cannot be"):
        scratch.voxels(SHAPE, EDGES)
