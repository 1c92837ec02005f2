"""Label maps go along: no label is invented, volumes stay, borders are smooth."""

import numpy as np
import pytest

from srviewer.core.regions.label_maps import Labels, refined_labels, volume_error
from srviewer.job import run


@pytest.fixture(scope="module")
def thin() -> Labels:
    """Two touching balls, one inside the other's shell, on 1 mm."""
    i, j, k = np.indices((40, 44, 48))
    labels = np.zeros((40, 44, 48), np.int32)
    labels[(i - 16) ** 2 + (j - 20) ** 2 + (k - 22) ** 2 < 14**2] = 3
    labels[(i - 16) ** 2 + (j - 20) ** 2 + (k - 24) ** 2 < 8**2] = 7
    labels[(i - 31) ** 2 + (j - 30) ** 2 + (k - 30) ** 2 < 7**2] = 1000
    return labels


@pytest.mark.parametrize("axis", range(3))
def test_every_label_keeps_its_volume(axis: int, thin: Labels) -> None:
    thick = np.ascontiguousarray(np.moveaxis(np.moveaxis(thin, axis, 0)[2::4], 0, axis))
    spacing = tuple(4.0 if a == axis else 1.0 for a in range(3))
    result = run(refined_labels(thick, axis, 4, spacing))  # type: ignore[arg-type]
    assert result.shape == tuple(n * (4 if a == axis else 1) for a, n in enumerate(thick.shape))
    assert set(np.unique(result)) == {0, 3, 7, 1000}
    assert volume_error(thick, result, 4) <= 0.01


def test_it_is_closer_to_the_truth_than_repeated_slices(thin: Labels) -> None:
    thick = np.ascontiguousarray(thin[:, :, 2::4])
    result = run(refined_labels(thick, 2, 4, (1.0, 1.0, 4.0)))
    plain = np.repeat(thick, 4, axis=2)
    assert np.mean(result != thin) < 0.7 * np.mean(plain != thin)


def test_a_speck_is_not_lost(thin: Labels) -> None:
    thick = np.zeros((10, 10, 6), np.int32)
    thick[4, 5, 3] = 2
    result = run(refined_labels(thick, 2, 5, (1.0, 1.0, 5.0)))
    assert np.count_nonzero(result == 2) == 5


def test_what_fills_everything_still_does() -> None:
    full = np.full((6, 6, 4), 5, np.int32)
    assert np.all(run(refined_labels(full, 2, 3, (1.0, 1.0, 3.0))) == 5)
