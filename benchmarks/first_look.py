"""Seconds from Reconstruct to the first slices: `python -m benchmarks.first_look [SCAN ...]`.

SCAN: a file, or IxJxK for a ball of so many voxels, reconstructed at factor 4. A real window,
without a screen, in a process of its own for each scan: once cold, with everything that is loaded
at the first reconstruction, and once warm.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rebuild import MOST_SECONDS, saved_scan

HEAD = """| scan | | first slice | both along the thick axis | all three | whole |
|---|---|---|---|---|---|"""


def main() -> int:
    """Two rows for each scan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scans", nargs="*", default=["256x256x64"])
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        _measured(Path(args.scans[0]))
        return 0
    print(HEAD, flush=True)
    for text in args.scans:
        with TemporaryDirectory() as folder:
            scan = Path(text)
            if not scan.exists():
                i, j, k = map(int, text.split("x"))
                scan = Path(folder, f"{text}.nii")
                saved_scan((i, j, k), scan)
            command = [sys.executable, "-m", "benchmarks.first_look", str(scan), "--inside"]
            # That platform warns of each window's size hints, which nobody can act on.
            quiet = {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "default.warning=false"}
            environment = {**os.environ, **quiet}
            subprocess.run(command, check=True, env=environment, timeout=MOST_SECONDS)
    return 0


def _measured(scan: Path) -> None:
    """One scan, opened and reconstructed twice in one window."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from srviewer.gui.appearance.application import application
    from srviewer.gui.window.main_window import MainWindow

    application()

    def until(true: Callable[[], bool]) -> None:
        while not true():
            QApplication.processEvents()
            time.sleep(0.005)

    with TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        window = MainWindow(settings)
        window.studies.choice = "replace"
        window.resize(1600, 1000)
        window.show()
        study, shown = window.study, None
        for state in ("cold", "warm"):
            shown = study.scan
            window.open([scan])
            until(lambda: study.scan is not shown)  # noqa: B023
            if not window.controller.reconstructing.allowed:
                study.acknowledge()
            begin, times = time.monotonic(), list[float]()

            def note(changed: frozenset[str]) -> None:
                if "preview" in changed and study.preview is not None and study.preview.slices:
                    times.append(time.monotonic() - begin)  # noqa: B023

            study.changed.connect(note)
            window.controller.reconstructing.start()
            until(lambda: study.result is not None)
            whole = time.monotonic() - begin
            study.changed.disconnect(note)
            seconds = " | ".join(f"{one:.1f} s" for one in (*times[:3], whole))
            print(f"| {scan.name} | {state} | {seconds} |", flush=True)
        window.leave()  # a window that is closed asks about results


if __name__ == "__main__":
    sys.exit(main())
