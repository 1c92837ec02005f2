"""Positions that repeat: contrasts become series of their own, repetitions volumes of one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from dicom_repeated import Edit, Writer, assert_volumes, taken
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import scan
from srviewer.job import run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()


@pytest.mark.parametrize("keyword", ["TemporalPositionIdentifier", "AcquisitionNumber"])
def test_a_dynamic_series_is_one_of_many_volumes(
    write_dicom: Writer, thick: Volume, keyword: str
) -> None:
    edits = [lambda d, k, n=n: setattr(d, keyword, 9 + n) for n in (2, 0, 1)]
    (series,) = taken(write_dicom, thick, edits)
    assert "duplicate_positions" not in {w.code for w in series.warnings}
    assert_volumes(series, thick, [1, 2, 0])


def test_slices_with_times_of_their_own(write_dicom: Writer, thick: Volume) -> None:
    edits = [lambda d, k, n=n: setattr(d, "TriggerTime", str(100 * n + k)) for n in range(3)]
    (series,) = taken(write_dicom, thick, edits)
    assert series.warnings == () or {w.code for w in series.warnings} == {"oblique"}
    assert_volumes(series, thick, [0, 1, 2])


def test_what_only_numbers_tell_apart_is_told(write_dicom: Writer, thick: Volume) -> None:
    (series,) = taken(write_dicom, thick, [lambda d, k: None] * 2)
    messages = {w.code: w.message for w in series.warnings}
    assert "Each place has 2 images" in messages["duplicate_positions"]
    assert_volumes(series, thick, [0, 1])


def test_an_unfinished_last_volume_is_kept_apart(
    write_dicom: Writer, thick: Volume, tmp_path: Path
) -> None:
    edits = [lambda d, k, n=n: setattr(d, "AcquisitionNumber", n) for n in range(3)]
    taken(write_dicom, thick, edits)
    for k in (3, 4, 5):
        next((tmp_path / "all/2").glob(f"*_{k}.dcm")).unlink()
    whole, begun = run(scan([tmp_path])).series
    assert [whole.frames, begun.frames] == [2, 1]
    assert [whole.geometry.shape, begun.geometry.shape] == [(5, 4, 6), (5, 4, 3)]


def test_echoes_of_a_dynamic_series(write_dicom: Writer, thick: Volume) -> None:
    def edit(echo: int, time: int) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            dataset.EchoTime, dataset.TemporalPositionIdentifier = str(echo), time

        return change

    edits = [edit(echo, time) for time in (1, 2) for echo in (20, 80)]
    first, second = taken(write_dicom, thick, edits)
    assert (first.name, second.name) == ("T2 test (7), TE 20 ms", "T2 test (7), TE 80 ms")
    assert_volumes(first, thick, [0, 2])
    assert_volumes(second, thick, [1, 3])


def siemens(dataset: Dataset, b: int) -> None:
    dataset.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
    dataset.add_new((0x0019, 0x100C), "IS", str(b))


def ge(dataset: Dataset, b: int) -> None:
    dataset.add_new((0x0043, 0x0010), "LO", "GEMS_PARM_01")
    dataset.add_new((0x0043, 0x1039), "IS", [str(10**9 + b), "8", "0", "0"])


def philips(dataset: Dataset, b: int) -> None:
    dataset.add_new((0x2001, 0x0010), "LO", "Philips Imaging DD 001")
    dataset.add_new((0x2001, 0x1003), "FL", float(b))


def uih(dataset: Dataset, b: int) -> None:
    dataset.add_new((0x0065, 0x0010), "LO", "Image Private Header")
    dataset.add_new((0x0065, 0x1009), "FD", float(b))


def canon(dataset: Dataset, b: int) -> None:
    dataset.Manufacturer = "TOSHIBA"
    dataset.DiffusionBValue = float(b)


def hitachi(dataset: Dataset, b: int) -> None:
    dataset.Manufacturer = "Hitachi Medical Corporation"
    dataset.DiffusionBValue = float(b)


@pytest.mark.parametrize("vendor", [siemens, ge, philips, uih, canon, hitachi])
def test_b_values_of_every_vendor(
    write_dicom: Writer, thick: Volume, vendor: Callable[[Dataset, int], None]
) -> None:
    def edit(b: int, direction: int) -> Edit:
        def change(dataset: Dataset, k: int) -> None:
            vendor(dataset, b)
            dataset.DiffusionGradientOrientation = [float(direction == n) for n in range(3)]

        return change

    first, second = taken(write_dicom, thick, [edit(0, 9), edit(1000, 0), edit(1000, 1)])
    assert (first.name, second.name) == ("T2 test (7), b 0", "T2 test (7), b 1000")
    assert first.frames == 1
    assert_volumes(second, thick, [2, 1])  # by their directions


def test_magnitude_and_phase(write_dicom: Writer, thick: Volume) -> None:
    def edit(part: str) -> Edit:
        return lambda d, k: setattr(d, "ImageType", ["ORIGINAL", "PRIMARY", part])

    names = [one.name for one in taken(write_dicom, thick, [edit("M"), edit("P")])]
    assert names == ["T2 test (7), M", "T2 test (7), P"]


def test_echoes_of_an_enhanced_object(write_enhanced: Callable[..., Path], thick: Volume) -> None:
    order = [k for k in range(6) for _ in range(2)]
    path = write_enhanced(thick, order, [1.0 + 9 * (n % 2) for n in range(12)])
    dataset = dcmread(path)
    for number, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        echo = Dataset()
        echo.EffectiveEchoTime = 20.0 + 60 * (number % 2)
        frame.MREchoSequence = Items([echo])
    dataset.save_as(path)
    first, second = run(scan([path])).series
    assert (first.name, second.name) == ("T2 test (7), TE 20 ms", "T2 test (7), TE 80 ms")
    np.testing.assert_array_equal(run(second.read(0)).voxels, thick.voxels * 10)
