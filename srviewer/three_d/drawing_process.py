"""The drawing process, from the side of the window.

VTK ends the process where it finds no OpenGL that works, and holds the interpreter while it draws:
in a process of its own neither reaches the window, and closing it frees all its memory.
"""

import os
import sys
from contextlib import suppress
from multiprocessing import get_context
from threading import Thread

from srviewer.job import Job
from srviewer.three_d.drawing.loop import READY, serve
from srviewer.three_d.drawing.sending import send_volumes
from srviewer.three_d.drawn_volume import DrawnVolume
from srviewer.three_d.scene import Drawn, Picture

# VTK's render windows on Linux, the first that works being used: EGL needs no screen and takes a
# GPU or Mesa; OSMesa is for where there is no EGL.
LINUX = ("vtkEGLRenderWindow", "vtkXOpenGLRenderWindow", "vtkOSOpenGLRenderWindow")
DEFAULT = ("",)


def backends() -> tuple[str, ...]:
    """The render windows that are tried on this system, in their order."""
    chosen = os.environ.get("VTK_DEFAULT_OPENGL_WINDOW")
    if chosen:
        return (chosen,)
    return LINUX if sys.platform == "linux" else DEFAULT


class DrawingProcess:
    """A process that draws volumes in 3D.

    Attributes:
        ready: Whether it has found an OpenGL to draw with.
        asked: How many pictures it was asked for and has not answered yet.
    """

    def __init__(self, backend: str) -> None:
        context = get_context("spawn")  # threads of the window must not be copied
        self._pictures, pictures = context.Pipe()
        self._volumes, volumes = context.Pipe()
        self.ready, self.asked = False, 0
        self._process = context.Process(
            target=serve, args=(pictures, volumes, backend), name="srviewer 3D", daemon=True
        )
        self._process.start()
        # With the only copies in the process, its end closes the connections.
        pictures.close()
        volumes.close()

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return self._process.pid

    def sending(self, volumes: dict[int, DrawnVolume]) -> Job[None]:
        """Send volumes in the place of those that it has.

        Args:
            volumes: By their numbers.

        Returns:
            A job without a result, which raises OSError where the process has ended.
        """
        return send_volumes(self._volumes, volumes)

    def ask(self, picture: Picture) -> None:
        """Ask for a picture; a picture that is being drawn is broken off.

        Args:
            picture: What it shows.
        """
        self.asked += 1
        with suppress(OSError):  # that it has ended is seen by ``answers``
            self._pictures.send(picture)

    def answers(self) -> list[Drawn] | None:
        """Take what it has drawn since the last time, without waiting.

        Returns:
            The pictures, oldest first; None where the process has ended, or says what no drawing
            says.
        """
        drawn: list[Drawn] = []
        try:
            while self._pictures.poll():
                answer = self._pictures.recv()
                if answer == READY:
                    self.ready = True
                    continue
                self.asked -= 1
                if answer is None:
                    continue
                if not (isinstance(answer, Drawn) and answer.is_whole()):
                    return None
                drawn.append(answer)
        except Exception:  # unpickling what is damaged raises nearly any
            return None
        return drawn

    def close(self) -> None:
        """End it, without waiting. What still sends volumes to it fails with OSError."""
        self._process.kill()
        self._pictures.close()
        # On a busy machine a process takes a second to go, which the window must not wait.
        Thread(target=self._process.join, name="end of the 3D drawing", daemon=True).start()
