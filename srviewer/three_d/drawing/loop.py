"""What the drawing process does: it takes volumes and draws the last picture asked for."""

import os
import signal
from multiprocessing.connection import Connection, wait

from srviewer.three_d.drawing.sending import received_volumes
from srviewer.three_d.scene import Picture

READY = "ready"


def serve(pictures: Connection, volumes: Connection, backend: str) -> None:
    """Draw until the other end closes.

    Args:
        pictures: Brings each Picture. Takes READY once there is an OpenGL, then for each picture
            Drawn, or None where another was asked for meanwhile.
        volumes: Brings volumes, as ``send_volumes`` sends them.
        backend: VTK's name of the render window; "" for what VTK chooses.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the window
    if backend:
        os.environ["VTK_DEFAULT_OPENGL_WINDOW"] = backend
    from srviewer.three_d.drawing.painter import Painter  # VTK, which knows the backend now

    try:
        painter = Painter(pictures.poll)
        pictures.send(READY)
        while True:
            if volumes in wait([pictures, volumes]):
                painter.keep(received_volumes(volumes))
                continue
            picture: Picture = pictures.recv()
            while pictures.poll():
                pictures.send(None)
                picture = pictures.recv()
            pictures.send(painter.draw(picture))
    except (EOFError, OSError):
        return  # the window is closed, or there is no OpenGL
