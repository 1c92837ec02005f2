"""Draws pictures of volumes off the screen."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

# These two register the OpenGL classes that vtkRenderingCore makes instances of.
from vtkmodules import vtkRenderingOpenGL2, vtkRenderingVolumeOpenGL2  # noqa: F401
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkLogger, vtkObject, vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from srviewer.three_d.drawing.pane import Pane
from srviewer.three_d.drawn_volume import DrawnVolume
from srviewer.three_d.scene import Drawn, Picture

# While a volume is moved, one ray stands for so many pixels along each side as make a picture take
# about so long.
COARSE, FIRST_COARSE, MOVING_SECONDS = (2.0, 6.0), 3.0, 0.06


class Painter:
    """A render window without a screen and the volumes that it can draw.

    Args:
        stop: Whether the picture that is being drawn is wanted no more.

    Raises:
        OSError: There is no OpenGL to draw with.
    """

    def __init__(self, stop: Callable[[], bool]) -> None:
        vtkObject.GlobalWarningDisplayOff()
        vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)  # the window says what is wrong
        self._panes: dict[int, Pane] = {}
        self._window = vtkRenderWindow()
        self._window.OffScreenRenderingOn()
        self._window.SetMultiSamples(0)
        self._window.SetSize(8, 8)
        self._window.Render()
        if not self._window.SupportsOpenGL():
            raise OSError("no OpenGL 3.2 to draw with")
        self._stop, self._stopped = stop, False
        self._coarse = FIRST_COARSE
        self._window.AddObserver("AbortCheckEvent", self._check)

    def keep(self, volumes: dict[int, DrawnVolume]) -> None:
        """Take in volumes.

        Args:
            volumes: By their numbers; those of before are let go.
        """
        for pane in self._panes.values():
            self._window.RemoveRenderer(pane.renderer)
        self._panes = {number: Pane(volume) for number, volume in volumes.items()}
        for pane in self._panes.values():
            self._window.AddRenderer(pane.renderer)

    def draw(self, picture: Picture) -> Drawn | None:
        """Draw a picture.

        Args:
            picture: What is to be drawn.

        Returns:
            The pixels; None if it was stopped, or shows a volume that is not there.
        """
        panes = [self._panes[number] for number in picture.volumes if number in self._panes]
        if len(panes) != len(picture.volumes):
            return None
        begun, (width, height) = perf_counter(), picture.size
        self._window.SetSize(width * len(panes), height)
        for other in self._panes.values():
            other.renderer.SetDraw(other in panes)
        for number, pane in enumerate(panes):
            pane.renderer.SetViewport(number / len(panes), 0, (number + 1) / len(panes), 1)
            pane.show(picture, self._coarse)
        self._stopped = False
        self._window.SetAbortRender(0)
        self._window.Render()
        if self._stopped:
            return None
        pixels = self._pixels(width * len(panes), height)
        parts = tuple(part.tobytes() for part in np.split(pixels, len(panes), axis=1))
        seconds = perf_counter() - begun
        if picture.moving and picture.scene.mode == "volume":
            wanted = self._coarse * (seconds / MOVING_SECONDS) ** 0.25  # half way, of a square
            self._coarse = min(max(wanted, COARSE[0]), COARSE[1])
        return Drawn(picture, parts, seconds)

    def _pixels(self, width: int, height: int) -> np.ndarray:
        """(row, column, 4) uint8, rows from the top."""
        data = vtkUnsignedCharArray()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 1, data)
        pixels: np.ndarray = vtk_to_numpy(data).reshape(height, width, 4)[::-1]
        return pixels

    def _check(self, caller: object, event: str) -> None:
        if not self._stopped and self._stop():
            self._stopped = True
            self._window.SetAbortRender(1)
