"""A drawing process for tests, and what it draws as arrays."""

import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.three_d.camera import Camera
from srviewer.three_d.drawing_process import DrawingProcess, backends
from srviewer.three_d.drawn_volume import drawn
from srviewer.three_d.scene import Drawn, Picture, Scene

SIZE = (160, 200)
PATIENCE = 120.0  # s: machines that are busy with something else
RAMP = ((50.0, 0.0, 1.0, 1.0, 1.0), (60.0, 0.9, 1.0, 1.0, 1.0))
SCENE = Scene("surface", 50.0, False, RAMP, None, (0.0, 100.0))


class Drawing:
    """A process that has found its OpenGL."""

    def __init__(self) -> None:
        process = next(filter(None, map(_ready, backends())), None)
        if process is None and sys.platform != "linux":
            pytest.skip("no OpenGL works on this machine")
        assert process is not None, "no OpenGL works here: see packaging/setup-system.sh"
        self.process = process

    def take(self, *volumes: Volume, as_measured: bool = True) -> None:
        """Hand over volumes, which get the numbers 1, 2 ..."""
        made = {n: run(drawn(v, as_measured)) for n, v in enumerate(volumes, 1)}
        run(self.process.sending(made))

    def draw(self, camera: Camera, scene: Scene, *volumes: int, moving: bool = False) -> np.ndarray:
        """(pane, row, column) the brightest colour of each pixel, 0..255."""
        picture = Picture(1, volumes or (1,), SIZE, camera, scene, moving)
        self.process.ask(picture)
        answer = self.answer()
        shape = (SIZE[1], SIZE[0], 4)
        panes = [np.frombuffer(part, np.uint8).reshape(shape) for part in answer.pixels]
        return np.array([pane[:, :, :3].max(axis=2) for pane in panes])

    def answer(self) -> Drawn:
        """Wait for the next picture."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answers = self.process.answers()
            assert answers is not None, "the drawing process has ended"
            if answers:
                return answers[-1]
            time.sleep(0.005)
        raise AssertionError("no picture came")


def _ready(backend: str) -> DrawingProcess | None:
    process, end = DrawingProcess(backend), time.monotonic() + PATIENCE
    while process.answers() is not None and time.monotonic() < end:
        if process.ready:
            return process
        time.sleep(0.005)
    process.close()
    return None


def pixel(camera: Camera, point_mm: np.ndarray) -> np.ndarray:
    """(2,) row and column at which a RAS+ point is drawn."""
    width, height = SIZE
    across, up, _ = camera.projected(point_mm) / camera.pixel_mm(width, height)
    return np.array((height / 2 - up - 0.5, width / 2 + across - 0.5))


def volume_mode(scene: Scene) -> Scene:
    """The same by volume rendering."""
    return replace(scene, mode="volume")
