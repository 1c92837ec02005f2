"""Opening a long DICOM series, time and memory, against the loop that everyone writes.

    python -m benchmarks.opening

Memory is told on Linux only.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import UID

from benchmarks.timing import Row, alternately, at_most
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run

SLICES = 500
SIDE = 512  # pixels
MOST_SECONDS = 600  # for what takes some seconds: it hangs
VOLUME_MB = SLICES * SIDE * SIDE * 4 / 2**20  # as float32
MEMORY_LIMIT, TIME_LIMIT = 2.5, 1.5
STATUS = Path("/proc/self/status")
# What one process takes at most for opening, beyond what it took before. Not what ``resource``
# says, which counts what took the memory before this program did.
PEAK = """
import sys
from pathlib import Path
from benchmarks.opening import STATUS, ours
def most():
    return int(STATUS.read_text().partition("VmHWM:")[2].split()[0]) / 1024
ours(Path(sys.argv[1]))
before = most()
volume = ours(Path(sys.argv[2]))
print(most() - before)
"""


def opening() -> Iterator[Row]:
    """A series of 500 slices of 512 x 512 pixels with the header of a real MR scan."""
    with TemporaryDirectory(prefix="srviewer-series-") as folder:
        series, short = Path(folder, "series"), Path(folder, "short")
        make_series(short, 3)
        make_series(series, SLICES)
        found = ours(series)
        assert np.array_equal(found.voxels, plain(series).transpose(2, 1, 0))
        del found

        def first() -> None:
            """As if the files had never been opened: their digests are known no more."""
            for path in series.iterdir():
                path.touch()
            ours(series)

        seconds, theirs = alternately(first, lambda: plain(series), 3)
        name = f"open: DICOM, {SLICES} slices of {SIDE}x{SIDE}"
        yield at_most(name, seconds, theirs, "s", "pydicom, stack", TIME_LIMIT)
        if not STATUS.exists():  # only Linux tells
            return
        peak = float(
            subprocess.check_output(
                [sys.executable, "-c", PEAK, short, series], text=True, timeout=MOST_SECONDS
            )
        )
        yield at_most(f"{name}, memory", peak, VOLUME_MB, "MB", "the volume", MEMORY_LIMIT)


def ours(folder: Path) -> Volume:
    """The series as the window opens it."""
    return run(read(folder))


def plain(folder: Path) -> np.ndarray:
    """The series as (slice, row, column) float32, without looking whether it is one."""
    slices = [pydicom.dcmread(path) for path in folder.iterdir()]
    slices.sort(key=lambda one: float(one.ImagePositionPatient[2]))
    return np.stack([one.pixel_array for one in slices]).astype(np.float32)


def make_series(folder: Path, count: int) -> None:
    """Write ``count`` slices 1 mm apart, axial, each with its own values."""
    folder.mkdir()
    header = pydicom.dcmread(str(get_testdata_file("MR_small.dcm")))
    header.Rows = header.Columns = SIDE
    header.PixelSpacing, header.SliceThickness = [0.5, 0.5], 1
    header.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    noise = np.random.default_rng(0).integers(0, 2000, (SIDE, SIDE), dtype=np.int16)
    for k in range(count):
        header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{k + 1}")
        header.InstanceNumber, header.ImagePositionPatient = k + 1, [0, 0, k]
        header.PixelData = (noise + k % 7).astype(np.int16).tobytes()
        # Names in another order than the slices lie.
        header.save_as(folder / f"{k * 7919 % 10007:05d}.dcm")


if __name__ == "__main__":
    for row in opening():
        print(f"{row.name}: {row.ours}, {row.yardstick}, ratio {row.ratio:.2f} ({row.target})")
