"""Opens a scan in a real window and cancels that at a random moment, again and again.

    python -m benchmarks.open_and_cancel [ROUNDS]

Prints the longest wait for a cancel,
the least memory of the process early among the rounds and late among them, and what was left in
the folder for temporary files. Memory is reported on Linux only.
"""

import gc
import gzip
import os
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from benchmarks.opening import STATUS, make_series
from benchmarks.rebuild import saved_scan
from srviewer.gui.appearance.application import application
from srviewer.gui.window.main_window import MainWindow

ROUNDS = 100
SLICES = 150
LONGEST = 0.6  # seconds until the cancel
MEGABYTE = 2**20


def main(rounds: int) -> None:
    """One row for each kind of input."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="srviewer-cancel-") as folder:
        place = Path(folder)
        inputs = _inputs(place)
        scratch = place / "temporary"
        scratch.mkdir()
        tempfile.tempdir = str(scratch)
        application()
        window = MainWindow(QSettings(str(place / "settings"), QSettings.Format.IniFormat))
        window.show()
        print("| input | rounds | longest wait for a cancel | MB early | MB at the end | left |")
        print("|---|---|---|---|---|---|")
        for name, path in inputs.items():
            window.open([path])  # whole, once: the open scan is a part of the memory
            _pump(lambda: not window.controller.work.tasks)
            chance = random.Random(0)
            waits, sizes = [], []
            for _ in range(rounds):
                waits.append(_cancelled(window, path, chance.uniform(0, LONGEST)))
                sizes.append(_megabytes())
            early = min(sizes[rounds // 10 : rounds // 5])
            late = min(sizes[-rounds // 10 :])
            left = sum(1 for one in scratch.rglob("*") if one.is_file())
            print(f"| {name} | {rounds} | {max(waits):.2f} s | {early:.0f} | {late:.0f} | {left} |")
        window.leave()  # a window that is closed asks about results
        tempfile.tempdir = None


def _inputs(place: Path) -> dict[str, Path]:
    plain, packed = place / "scan.nii", place / "scan.nii.gz"
    saved_scan((320, 320, 96), plain)
    packed.write_bytes(gzip.compress(plain.read_bytes(), 1))
    series = place / "series"
    make_series(series, SLICES)
    zipped = place / "series.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(series.iterdir()):
            archive.write(file, file.name)
    return {"NIfTI, gzip": packed, "DICOM series": series, "DICOM in a zip": zipped}


def _cancelled(window: MainWindow, path: Path, seconds: float) -> float:
    """Open ``path`` and cancel after ``seconds``; how long the cancel took to take effect."""
    window.open([path])
    stop = time.monotonic() + seconds
    _pump(lambda: time.monotonic() >= stop)
    begin = time.monotonic()
    work = window.controller.work
    for task in work.tasks:
        task.cancel()
    _pump(lambda: not work.tasks)
    return time.monotonic() - begin


def _pump(until: Callable[[], bool]) -> None:
    while not until():
        QApplication.processEvents()
        time.sleep(0.002)


def _megabytes() -> float:
    gc.collect()
    if not STATUS.exists():
        return 0.0
    return int(STATUS.read_text().partition("VmRSS:")[2].split()[0]) * 1024 / MEGABYTE


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
