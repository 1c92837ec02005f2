"""What a user waits for in the window: `python -m benchmarks.responding`.

From the drop of a file to three painted planes, the longest gap between two ticks of a timer while
a file loads and while a reconstruction runs, a step in Difference, and a step in two linked
studies. A real window without a screen. Drops and steps are processor time of the whole process;
gaps can only be taken by the clock, and say something on a machine with nothing else to do.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks import balls
from benchmarks.timing import Row, at_most
from benchmarks.windows import PaintedPlanes, idle, open_window, until
from srviewer.core.volumes.interpolate import spline_library_is_loaded
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.layouts import TWO_STUDIES

SHAPE, THICK = (256, 256, 180), (256, 256, 45)
LARGE, FRAME_MS = (512, 512, 40), 16.0  # of two studies beside each other
DROPS = 5
STEPS = 30
TICK_MS = 10
DROP_LIMIT, GAP_LIMIT_MS, STEP_LIMIT = 1.5, 50.0, 2.0


def responding() -> Iterator[Row]:
    """Drop to planes, gaps, and steps."""
    with TemporaryDirectory(prefix="srviewer-responding-") as folder, open_window() as window:
        scan, thick = Path(folder, "scan.nii.gz"), Path(folder, "thick.nii.gz")
        _save(scan, SHAPE, 1.0)
        _save(thick, THICK, 4.0)
        planes = PaintedPlanes(window)
        window.controller.open([thick])  # once, so that what is loaded late is loaded
        until(lambda: planes.count == 3)
        idle(window)

        def drop() -> None:
            before = window.study.scan
            window.open([scan])
            until(lambda: window.study.scan is not before and planes.count == 3)

        ours, theirs = _drops(drop, lambda: idle(window), scan)
        beside = "nibabel's load, processor time"
        yield at_most("open: drop to three planes", ours, theirs, "s", beside, DROP_LIMIT)

        def load() -> None:
            drop()
            idle(window)

        yield _gap("while a file loads", load)
        planes.end()

        def reconstruct() -> None:
            window.controller.reconstructing.start()
            until(lambda: window.study.result is not None)
            idle(window)

        for state in ("the first", "another"):
            window.open([thick])
            until(lambda: window.study.scan is not None and window.study.scan.name == "thick")
            until(spline_library_is_loaded)  # within a second, before anybody presses
            idle(window)
            window.study.acknowledge()
            yield _gap(f"while {state} reconstruction runs", reconstruct)
        ours, theirs = _steps(window)
        yield at_most("step in Difference", ours, theirs, "ms", "in the planes", STEP_LIMIT)
        yield _linked_steps(window, Path(folder))


def _drops(drop: Callable[[], None], rest: Callable[[], None], scan: Path) -> tuple[float, float]:
    """The least processor time of a drop and of nibabel's load, in turns, in seconds."""
    ours, theirs = [], []
    for _ in range(DROPS):
        ours.append(_processor_seconds(drop))
        rest()
        theirs.append(_processor_seconds(lambda: np.asanyarray(nib.load(scan).dataobj)))
    return min(ours), min(theirs)


def _gap(name: str, action: Callable[[], object]) -> Row:
    """The longest time between two ticks of a timer of the window."""
    ticks = [time.perf_counter()]
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(TICK_MS)
    action()
    timer.stop()
    longest = float(np.diff(ticks).max()) * 1000
    return Row(
        f"longest gap between ticks {name}",
        f"{longest:.0f} ms",
        f"{TICK_MS} ms (between ticks)",
        longest / TICK_MS,
        f"at most {GAP_LIMIT_MS:g} ms",
        longest <= GAP_LIMIT_MS,
    )


def _steps(window: MainWindow) -> tuple[float, float]:
    """A step in Difference and in the planes, processor time in ms, in turns."""
    study = window.study
    found: dict[str, list[float]] = {"difference": [], "planes": []}
    for layout in ("planes", "difference") * 2:
        study.compare(replace(study.comparing, layout=layout))
        QApplication.processEvents()
        centre = np.array(study.view.cursor_mm)
        for step in range(STEPS):

            def move(to: float = step - STEPS / 2) -> None:
                study.move_cursor(centre + to)  # noqa: B023
                QApplication.processEvents()

            found[layout].append(_processor_seconds(move) * 1000)
        study.move_cursor(centre)
    return median(found["difference"]), median(found["planes"])


def _linked_steps(window: MainWindow, folder: Path) -> Row:
    """A step in six panes of two linked studies on one grid, processor time in ms."""
    studies = window.studies
    studies.choice = "add"
    for name in ("one.nii.gz", "other.nii.gz"):
        count = len(studies.states)
        _save(folder / name, LARGE, 3.0)
        window.open([folder / name])
        until(lambda count=count: len(studies.states) == count + 1)  # type: ignore[misc]
    studies.show(len(studies.states) - 2)
    window.arrange(TWO_STUDIES)
    QApplication.processEvents()
    centre = np.array(window.study.view.cursor_mm)
    taken = []
    for step in range(STEPS):

        def move(to: float = 3.0 * (step - STEPS / 2)) -> None:
            window.study.move_cursor(np.add(centre, (0.0, 0.0, to)))
            QApplication.processEvents()

        taken.append(_processor_seconds(move) * 1000)
    ours = median(taken)
    ratio = ours / FRAME_MS
    name = "step in two linked studies, slices of 512 x 512"
    frame = f"{FRAME_MS:g} ms (a frame)"
    return Row(name, f"{ours:.4g} ms", frame, ratio, "at most 1", ratio <= 1)


def _processor_seconds(action: Callable[[], object]) -> float:
    before = time.process_time()
    action()
    return time.process_time() - before


def _save(path: Path, shape: tuple[int, int, int], thickness: float) -> None:
    """A ball of 16-bit numbers with noise, which packs as badly as a scan."""
    ball = balls.ball(shape, (1.0, 1.0, thickness))
    noise = np.random.default_rng(0).normal(0, 12, shape)
    voxels = np.abs(ball.voxels + noise).astype(np.int16)
    nib.save(nib.Nifti1Image(voxels, ball.geometry.affine), path)


if __name__ == "__main__":
    for row in responding():
        print(f"{row.name}: {row.ours}, {row.yardstick}, ratio {row.ratio:.2f} ({row.target})")
