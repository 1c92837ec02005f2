"""The case of oblique planes: a frame of three panes, beside the same frame of plain slices."""

from collections.abc import Iterator

import numpy as np

from benchmarks.balls import ball
from benchmarks.timing import MOST_FRAME_MS, Row, in_turns
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.rotated_planes import NOT_ROTATED

SHAPE, SPACING = (512, 512, 320), (0.5, 0.5, 0.5)
ROTATION = (12.0, 8.0, 20.0)
STEPS = 30


def oblique_planes() -> Iterator[Row]:
    """Three panes of 512 x 512 x 320 voxels, rotated and stepped on, and plain ones in turns.

    The first axis runs fastest, as in files: slices across it cost most. Frames are timed by the
    clock, since several threads sample an oblique plane. All but the first are of planes that move,
    which are drawn coarsely.
    """
    from benchmarks.windows import frame_ms, open_window

    scan = ball(SHAPE, SPACING)
    with open_window(scan) as window:
        study = window.study
        middle = scan.geometry.index(study.view.cursor_mm)

        def step_on(step: int) -> None:
            """Move the crosshair by a voxel along each axis, so that every pane changes."""
            study.move_cursor(scan.geometry.world(middle - STEPS / 2 + step))

        def stepped() -> float:
            study.rotate_planes(ROTATION)
            return frame_ms(step_on, STEPS)

        def scrolled() -> float:
            study.rotate_planes(ROTATION)
            grid = window.compare.scan.panes[Plane.AXIAL].grid
            start, way = np.array(study.view.cursor_mm), grid.affine[:3, 2]
            return frame_ms(lambda step: study.move_cursor(start + step * way), STEPS)

        def dragged() -> float:
            study.set_moving(True)
            x, y, z = ROTATION
            found = frame_ms(lambda step: study.rotate_planes((x, y, z + step / 2)), STEPS)
            study.set_moving(False)
            return found

        def plain() -> float:
            study.rotate_planes(NOT_ROTATED)
            return frame_ms(step_on, STEPS)

        for name, run in (
            ("drag oblique planes", dragged),
            ("step through oblique planes", stepped),
            ("scroll one of the oblique planes", scrolled),
        ):
            yield in_turns(
                f"{name}, 3 panes, 512x512x320",
                (run, plain),
                "steps of plain slices",
                MOST_FRAME_MS,
            )
