"""Percentiles of values that are seen part by part are those of all of them."""

import numpy as np
import pytest

from srviewer.core.intensity.intensity_range import intensity_of_parts, measured_intensity
from srviewer.core.intensity.percentiles import Largest


@pytest.mark.parametrize("parts", [1, 7, 400])
def test_upper_percentiles_are_numpys(parts: int) -> None:
    values = np.random.default_rng(1).normal(size=4001).astype(np.float32)
    largest = Largest(0.05, values.size)
    for part in np.array_split(values, parts):
        largest.add(part)
    for percent in (95, 99, 99.9, 100):
        expected = np.percentile(values.astype(np.float64), percent)
        assert largest.percentile(percent) == pytest.approx(expected, abs=1e-12)


def test_what_was_let_go_is_not_guessed() -> None:
    largest = Largest(0.01, 1000)
    assert largest.percentile(99) is None
    for part in np.array_split(np.arange(1000, dtype=np.float32), 20):
        largest.add(part)
    with pytest.raises(ValueError, match="largest of 1000 values are kept"):
        largest.percentile(50)


def test_the_range_does_not_depend_on_the_parts() -> None:
    image = np.random.default_rng(2).gamma(2.0, 100.0, (30, 20, 10)).astype(np.float32)
    bright = image[image > image.mean(dtype=np.float64)].astype(np.float64)
    whole = measured_intensity(image).range
    assert whole == pytest.approx(np.percentile(bright, 99.9), rel=1e-9)
    assert intensity_of_parts(lambda: (image[..., k] for k in range(10))).range == whole
    assert measured_intensity(np.full((3, 3, 3), 7, np.float32)).range == 1.0
