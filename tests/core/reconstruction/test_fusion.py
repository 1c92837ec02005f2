"""Two estimates made into one, and where they disagree."""

import numpy as np
import pytest

from srviewer.core.reconstruction.fusion import FUSIONS, Fusion, disagreement
from srviewer.core.volumes.volume import Volume


@pytest.mark.parametrize("fusion", FUSIONS, ids=lambda fusion: fusion.id)
def test_every_fusion(head: Volume, fusion: Fusion) -> None:
    first = head.voxels.copy()
    second = np.ascontiguousarray(first[::-1])
    kept = first.copy(), second.copy()
    fused = fusion.fuse(first, second)
    assert fused.dtype == np.float32 and fused.shape == first.shape
    assert (fused >= np.minimum(first, second) - 1e-3).all()
    assert (fused <= np.maximum(first, second) + 1e-3).all()
    np.testing.assert_allclose(fusion.fuse(first, first), first, rtol=1e-6)
    np.testing.assert_array_equal(first, kept[0])
    np.testing.assert_array_equal(second, kept[1])


def test_mean_and_disagreement_by_hand() -> None:
    first = np.array([[[1.0, 5.0, -2.0]]], np.float32)
    second = np.array([[[3.0, 1.0, -2.0]]], np.float32)
    [mean] = [fusion for fusion in FUSIONS if fusion.id == "mean"]
    assert mean.fuse(first, second).tolist() == [[[2.0, 3.0, -2.0]]]
    assert disagreement(first, second).tolist() == [[[2.0, 4.0, 0.0]]]
