"""Stacks of enhanced objects: packages of one volume are one series, slabs are series each."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

import phantoms
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

Same = Callable[[Volume, Volume], None]


@pytest.fixture
def made() -> Volume:
    affine = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (1.8, 1.4, 2.0))
    return phantoms.numbered((5, 4, 12), affine)


@pytest.fixture
def write_stacks(write_enhanced: Callable[..., Path]) -> Callable[..., list[Series]]:
    """The series of an enhanced file with these planes, in this order, of these stacks."""

    def write(
        volume: Volume, order: Sequence[int], stacks: Sequence[str], echoes: Sequence[float] = ()
    ) -> list[Series]:
        path = write_enhanced(volume, order, [1.0] * len(order))
        dataset = dcmread(path)
        for number, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence):
            content = Dataset()
            content.StackID = stacks[number]
            frame.FrameContentSequence = Items([content])
            if echoes:
                echo = Dataset()
                echo.EffectiveEchoTime = echoes[number]
                frame.MREchoSequence = Items([echo])
        dataset.save_as(path)
        return list(run(scan([path])).series)

    return write


@pytest.mark.parametrize(
    "order",
    [
        [n for start in range(3) for n in range(start, 12, 3)],
        [*range(4, 8), *range(4), *range(8, 12)],
    ],
)
def test_packages_are_one_volume(
    write_stacks: Callable[..., list[Series]], made: Volume, same_in_patient: Same, order: list[int]
) -> None:
    (series,) = write_stacks(made, order, [str(n // 4) for n in range(12)])
    assert series.geometry.spacing[2] == pytest.approx(2, abs=1e-4)
    assert {w.code for w in series.warnings} == {"oblique"}
    same_in_patient(run(series.read(0)), made)


def test_a_slice_missing_in_a_package_is_missing_in_the_volume(
    write_stacks: Callable[..., list[Series]], made: Volume
) -> None:
    order = [n for start in range(3) for n in range(start, 12, 3) if n != 5]
    (series,) = write_stacks(made, order, [str(n % 3) for n in order])
    assert series.geometry.shape[2] == 12
    assert "missing_slices" in {w.code for w in series.warnings}
    np.testing.assert_array_equal(
        run(series.read(0)).voxels[:, :, [4, 6]], made.voxels[:, :, [4, 6]]
    )


def test_packages_of_two_slabs_are_two_volumes(
    write_stacks: Callable[..., list[Series]], made: Volume
) -> None:
    order = [0, 2, 1, 3, 8, 10, 9, 11]
    found = write_stacks(made, order, ["a", "a", "b", "b", "c", "c", "d", "d"])
    assert [one.geometry.shape[2] for one in found] == [4, 4]
    for one, planes in zip(found, (slice(4), slice(8, 12)), strict=True):
        np.testing.assert_array_equal(run(one.read(0)).voxels, made.voxels[:, :, planes])


@pytest.mark.parametrize(
    ("order", "stacks"),
    [
        ([0, 1, 2, 3, 8, 9, 10, 11], "aaaabbbb"),  # a gap between two slabs
        ([0, 1, 2, 3, 0, 1, 2, 3], "aaaabbbb"),  # the same places
        ([0, 1, 2, 3, 2, 3, 4, 5], "aaaabbbb"),  # some of the same places
    ],
)
def test_stacks_that_make_no_regular_grid_stay_apart(
    write_stacks: Callable[..., list[Series]], made: Volume, order: list[int], stacks: str
) -> None:
    found = write_stacks(made, order, stacks)
    assert [one.geometry.shape[2] for one in found] == [4, 4]
    volumes = sorted((run(one.read(0)) for one in found), key=lambda volume: volume.voxels.min())
    for volume, planes in zip(volumes, (order[:4], order[4:]), strict=True):
        np.testing.assert_array_equal(volume.voxels, made.voxels[:, :, planes])


def test_stacks_of_two_echo_times_are_no_packages(
    write_stacks: Callable[..., list[Series]], made: Volume
) -> None:
    found = write_stacks(made, list(range(12)), "a" * 6 + "b" * 6, [20.0] * 6 + [80.0] * 6)
    assert [one.geometry.shape[2] for one in found] == [6, 6]
