"""The case of oblique planes: a frame of three panes, beside the same frame of plain slices."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.balls import ball
from benchmarks.timing import Row
from srviewer.core.slices.rotated_planes import NOT_ROTATED

SHAPE, SPACING = (512, 512, 320), (0.5, 0.5, 0.5)
ROTATION = (12.0, 8.0, 20.0)
STEPS = 30
FRAME_MS = 16.0  # sixty frames a second


def oblique_planes() -> Iterator[Row]:
    """Three panes of 512 x 512 x 320 voxels, rotated and stepped on, and plain ones in turns.

    The first axis runs fastest, as in files: slices across it cost most.
    """
    from PySide6.QtCore import QSettings

    from srviewer.gui.appearance.application import application
    from srviewer.gui.window.main_window import MainWindow

    scan = ball(SHAPE, SPACING)
    app = application()
    with TemporaryDirectory() as folder:
        window = MainWindow(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat))
        study = window.study
        study.open(scan, (), None)
        window.resize(1600, 1000)
        window.show()
        app.processEvents()
        while window.controller.work.tasks:  # the grey values of the scan are counted once
            app.processEvents()
        first = scan.geometry.index(study.view.cursor_mm) - STEPS / 2

        def milliseconds(change: Callable[[int], object]) -> float:
            """The median of all frames but the first, which has no one before it."""
            frames = []
            for step in range(STEPS):
                started = time.process_time()
                change(step)
                app.processEvents()  # which paints every pane that has changed
                frames.append((time.process_time() - started) * 1000)
            return median(frames[1:])

        def step_on(step: int) -> None:
            study.move_cursor(scan.geometry.world(first + step))

        def stepped() -> float:
            study.rotate_planes(ROTATION)
            return milliseconds(step_on)

        def dragged() -> float:
            study.set_rotating(True)
            x, y, z = ROTATION
            found = milliseconds(lambda step: study.rotate_planes((x, y, z + step / 2)))
            study.set_rotating(False)
            return found

        def plain() -> float:
            study.rotate_planes(NOT_ROTATED)
            return milliseconds(step_on)

        for name, run, limit in (
            ("drag oblique planes", dragged, FRAME_MS),
            ("step through oblique planes", stepped, FRAME_MS),
        ):
            pairs = [(run(), plain()) for _ in range(3)]
            ours, theirs = (min(column) for column in zip(*pairs, strict=True))
            yield Row(
                f"{name}, 3 panes, 512x512x320",
                f"{ours:.3g} ms",
                f"{theirs:.3g} ms (steps of plain slices)",
                ours / theirs,
                f"at most {limit:g} ms",
                ours <= limit,
            )
        window.controller.work.stop()
        window.leave()  # a window that is closed asks about results
        window.deleteLater()
        app.processEvents()
