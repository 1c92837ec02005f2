"""The case of thick slabs: a step of three panes, beside the same step of single slices."""

import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.balls import ball
from benchmarks.timing import Row
from srviewer.core.slices.thick_slab import ThickSlab

SHAPE, SPACING = (512, 512, 320), (0.5, 0.5, 0.5)
SLABS = (
    ThickSlab("mean", 5.0, shown=True),
    ThickSlab("maximum", 5.0, shown=True),
    ThickSlab("mean", 20.0, shown=True),
    ThickSlab("maximum", 20.0, shown=True),
)
STEPS = 40  # of one voxel along each axis, so that every pane shows another slice
FRAME_MS = 16.0


def thick_slabs() -> Iterator[Row]:
    """Three panes of 512 x 512 x 320 voxels, stepped on with and without a slab in turns.

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
        plain = replace(SLABS[0], shown=False)

        def milliseconds(slab: ThickSlab) -> float:
            """The median of a crossing, without the first frame, which has no one before it."""
            study.move_cursor(scan.geometry.world(first))
            study.set_thick_slab(slab)
            app.processEvents()
            frames = []
            for step in range(1, STEPS):
                started = time.process_time()
                study.move_cursor(scan.geometry.world(first + step))
                app.processEvents()  # which paints every pane that has changed
                frames.append((time.process_time() - started) * 1000)
            return median(frames)

        for slab in SLABS:
            pairs = [(milliseconds(slab), milliseconds(plain)) for _ in range(3)]
            ours, single = (min(column) for column in zip(*pairs, strict=True))
            yield Row(
                f"scroll a slab: {slab.kind} over {slab.mm:g} mm, 3 panes, 512x512x320",
                f"{ours:.3g} ms",
                f"{single:.3g} ms (single slices)",
                ours / single,
                f"at most {FRAME_MS:g} ms",
                ours <= FRAME_MS,
            )
        window.controller.work.stop()
        window.leave()  # a window that is closed asks about results
        window.deleteLater()
        app.processEvents()
