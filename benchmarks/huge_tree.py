"""Longest wait of the window while a huge tree of DICOM files is listed, and the count of series.

    python benchmarks/huge_tree.py [FILES]

Makes a tree of series of a hundred slices each, in folders of ten series, with a letter in it and a
link in each folder that leads back to the top; looks through it as the window does.
"""

import io
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage

from srviewer.io.formats import scan
from srviewer.io.scans.series import ScanListing

DEFAULT_FILES = 100_000
SLICES = 100
SERIES = 10  # of a folder


def main(files: int) -> None:
    """Print what was found, and how long it took beside pydicom reading the same headers."""
    with TemporaryDirectory(prefix="srviewer-tree-") as folder:
        root = Path(folder)
        _make(root, files)
        bare = _bare(root)
        found, seconds, longest = _found(root)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB
    print(
        f"{files:,} files in a tree with links that loop: {len(found.series):,} series, "
        f"{found.ignored} ignored, {seconds:.1f} s of processor time ({bare:.1f} s for pydicom's "
        f"dcmread of each header), longest step between two progress reports {longest:.2f} s, "
        f"{megabytes:.0f} MB of memory"
    )


def _make(root: Path, files: int) -> None:
    """Series of SLICES slices of 8 x 8 pixels, 3 mm apart."""
    for number in range(files // SLICES):
        folder = root / f"patient-{number // SERIES:03d}" / f"series-{number % SERIES}"
        folder.mkdir(parents=True)
        if number % SERIES == 0:
            (folder / "back").symlink_to(root, target_is_directory=True)
        for k in range(SLICES):
            (folder / f"{k:03d}.dcm").write_bytes(_slice(f"1.2.3.{number + 1}", k))
    (root / "letter.txt").write_text("Dear reader", encoding="utf-8")


def _slice(series: str, k: int) -> bytes:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = MRImageStorage
    dataset.SOPInstanceUID, dataset.SeriesInstanceUID = f"{series}.{k + 1}", series
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(dataset.SOPInstanceUID)
    dataset.Modality, dataset.SeriesDescription, dataset.InstanceNumber = "MR", "T2", k + 1
    dataset.ImagePositionPatient = [0, 0, 3 * k]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing, dataset.SliceThickness = [1, 1], 3
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 8, 8, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 0
    dataset.PixelData = np.full((8, 8), k, "<u2").tobytes()
    dataset["PixelData"].VR = "OW"
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _bare(root: Path) -> float:
    """Seconds of processor time for the headers alone."""
    started = time.process_time()
    for path in root.rglob("*.dcm"):
        pydicom.dcmread(path, stop_before_pixels=True)
    return time.process_time() - started


def _found(root: Path) -> tuple[ScanListing, float, float]:
    """What lies there, seconds of processor time, and those of the longest step by the clock."""
    steps = scan([root])
    longest, started, last = 0.0, time.process_time(), time.monotonic()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: ScanListing = end.value
            return found, time.process_time() - started, max(longest, time.monotonic() - last)
        now = time.monotonic()
        longest, last = max(longest, now - last), now


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FILES)
