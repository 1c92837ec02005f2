"""The case of thick slabs: a step of three panes, beside the same step of single slices."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from benchmarks.balls import ball
from benchmarks.timing import MOST_FRAME_MS, Row, in_turns
from srviewer.core.slices.thick_slab import ThickSlab

SHAPE, SPACING = (512, 512, 320), (0.5, 0.5, 0.5)
SLABS = (
    ThickSlab("mean", 5.0, shown=True),
    ThickSlab("maximum", 5.0, shown=True),
    ThickSlab("mean", 20.0, shown=True),
    ThickSlab("maximum", 20.0, shown=True),
)
STEPS = 40  # of one voxel along each axis, so that every pane shows another slice


def thick_slabs() -> Iterator[Row]:
    """Three panes of 512 x 512 x 320 voxels, stepped on with and without a slab in turns.

    The first axis runs fastest, as in files: slices across it cost most.
    """
    from benchmarks.windows import frame_ms, open_window

    scan = ball(SHAPE, SPACING)
    with open_window(scan) as window:
        study = window.study
        first = scan.geometry.index(study.view.cursor_mm) - STEPS / 2

        def step_on(step: int) -> None:
            study.move_cursor(scan.geometry.world(first + step))

        def crossed(slab: ThickSlab) -> float:
            study.set_thick_slab(slab)
            return frame_ms(step_on, STEPS, time.process_time)

        plain = replace(SLABS[0], shown=False)
        for slab in SLABS:
            yield in_turns(
                f"scroll a slab: {slab.kind} over {slab.mm:g} mm, 3 panes, 512x512x320",
                (partial(crossed, slab), partial(crossed, plain)),
                "single slices",
                MOST_FRAME_MS,
            )
