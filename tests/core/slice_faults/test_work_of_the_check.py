"""The work of the check between slices: it is part of opening a scan."""

from typing import Any

import numpy as np
import pytest

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.slice_faults import bad_slices, interleave_motion
from srviewer.core.slice_faults.faults import measured_planes, slice_faults
from srviewer.core.slice_faults.interleave_motion import MOST_SLICES
from srviewer.core.slice_faults.stack import slices_of
from srviewer.core.volumes.volume import Voxels
from srviewer.job import run


def test_a_clean_scan_takes_each_slice_once_and_each_distance_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scan = Degradation(2, 4).thick_volume(phantoms.head((80, 96, 160)))
    count = scan.geometry.shape[2]
    reads: list[int] = []
    sums = {bad_slices: 0, interleave_motion: 0}
    slice_of = slices_of(scan.voxels, 2)

    def read(number: int) -> Voxels:
        reads.append(number)
        return slice_of(number)

    for module in sums:
        squares = module.sum_of_squares

        def counted(image: Voxels, module: Any = module, squares: Any = squares) -> float:
            sums[module] += 1
            return float(squares(image))

        monkeypatch.setattr(module, "sum_of_squares", counted)
    faults = run(slice_faults(read, 2, measured_planes(count, 2, None)))
    assert not (faults.moved or faults.banded or faults.bad)
    assert sorted(set(reads)) == list(range(count))
    # Every slice, then three for each of those that motion is measured from, in one direction.
    assert len(reads) <= count + 3 * MOST_SLICES
    # The energy, and each slice from the next and from the one after that.
    assert sums[bad_slices] <= 1 + 2 * count
    assert sums[interleave_motion] == 9 * MOST_SLICES  # nine shifts, no further search


def test_each_search_for_an_unlike_slice_takes_one_median(monkeypatch: pytest.MonkeyPatch) -> None:
    scan = Degradation(2, 4).thick_volume(phantoms.head((80, 96, 160)))
    count = scan.geometry.shape[2]
    voxels = scan.voxels.copy()
    for number in (20, 28):
        voxels[..., number] = voxels[::-1, ::-1, number - 3]
    medians = 0
    median = np.median

    def counted(values: Any) -> Any:
        nonlocal medians
        medians += 1
        return median(values)

    monkeypatch.setattr(np, "median", counted)
    faults = run(slice_faults(slices_of(voxels, 2), 2, measured_planes(count, 2, None)))
    assert [bad.number for bad in faults.bad if bad.kind == "unlike"] == [20, 28]
    # One for each step where repeats are looked for, three searches, and a few of the brightness.
    assert medians <= count + 3 + 8


def test_an_intensity_range_sorts_only_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from srviewer.core.intensity import intensity_range, percentiles

    values = np.random.default_rng(3).normal(100, 20, 400_000).astype(np.float32)
    expected = intensity_range.measured_intensity(values)
    sizes: list[int] = []
    partition = np.partition

    def counted(array: Any, *given: Any) -> Any:
        sizes.append(len(array))
        return partition(array, *given)

    monkeypatch.setattr(percentiles.np, "partition", counted)
    assert intensity_range.measured_intensity(values) == expected
    assert sum(sizes) < values.size / 4
    above = values[values > values.mean(dtype=np.float64)]
    top, bottom = np.percentile(above.astype(float), 99.9), np.percentile(values.astype(float), 0.1)
    assert expected.floor == pytest.approx(bottom, rel=1e-6)
    assert expected.floor + expected.range == pytest.approx(top, rel=1e-6)
