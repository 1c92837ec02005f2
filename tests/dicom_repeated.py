"""DICOM series whose every slice is written several times, and what must become of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

Writer = Callable[..., list[Path]]
Edit = Callable[[Dataset, int], None]


def taken(write_dicom: Writer, volume: Volume, edits: list[Edit]) -> list[Series]:
    """The series of one series UID whose every slice is written once for each edit.

    The voxels of the n-th are 1000 * n higher.
    """
    for number, edit in enumerate(edits):

        def changed(dataset: Dataset, k: int, n: int = number, edit: Edit = edit) -> None:
            dataset.SOPInstanceUID += f".{n}"
            dataset.InstanceNumber = 100 * n + 50 - k
            pixels = np.frombuffer(dataset.PixelData, "<i2") + 1000 * n
            dataset.PixelData = pixels.astype("<i2").tobytes()
            edit(dataset, k)

        folder = write_dicom(volume, folder=f"all/{number}", edit=changed)[0].parent.parent
    return list(run(scan([folder])).series)


def assert_volumes(series: Series, volume: Volume, numbers: list[int]) -> None:
    """Its volumes are those of these numbers, whole and in this order."""
    assert series.frames == len(numbers)
    for frame, number in enumerate(numbers):
        read = run(series.read(frame)).voxels
        np.testing.assert_array_equal(read, volume.voxels + 1000 * number)
