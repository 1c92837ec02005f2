"""Volumes on their way to the drawing process, in parts, so that a sending can be broken off."""

from dataclasses import replace
from multiprocessing.connection import Connection

import numpy as np

from srviewer.job import Job, Progress
from srviewer.three_d.drawn_volume import DrawnVolume

PART = 2**21  # voxels of a message
MESSAGE = "Handing the volume to the drawing"


def send_volumes(connection: Connection, volumes: dict[int, DrawnVolume]) -> Job[None]:
    """Send volumes in the place of those that were sent before; may be broken off after a step.

    Args:
        connection: To the drawing process.
        volumes: By their numbers.

    Yields:
        The progress.

    Raises:
        OSError: The drawing process has ended.
    """
    empty = np.zeros((0, 0, 0), np.uint16)
    connection.send({n: (replace(v, values=empty), v.values.shape) for n, v in volumes.items()})
    whole, done = sum(volume.values.size for volume in volumes.values()), 0
    for number, volume in volumes.items():
        flat = volume.values.ravel()
        for start in range(0, flat.size, PART):
            yield Progress(done / whole, MESSAGE)
            part = flat[start : start + PART]
            connection.send((number, start, part))
            done += part.size


def received_volumes(connection: Connection) -> dict[int, DrawnVolume]:
    """Receive all volumes of a sending; one that was broken off is forgotten.

    Args:
        connection: From the window.

    Returns:
        The volumes by their numbers.

    Raises:
        EOFError: The window has closed the connection.
    """
    begun: dict[int, DrawnVolume] = {}
    while True:
        message = connection.recv()
        if isinstance(message, dict):
            begun = {
                number: replace(volume, values=np.zeros(shape, np.uint16))
                for number, (volume, shape) in message.items()
            }
            missing = sum(volume.values.size for volume in begun.values())
        else:
            number, start, part = message
            begun[number].values.reshape(-1)[start : start + part.size] = part
            missing -= part.size
        if not missing:
            return begun
