"""A ball in air, which the benchmarks measure with."""

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume


def ball(shape: tuple[int, int, int], spacing: tuple[float, float, float]) -> Volume:
    """A smooth ball in air, with a little noise, 0 to about 1000."""
    i, j, k = np.ogrid[tuple(slice(-1, 1, complex(0, n)) for n in shape)]
    round_ball = np.clip(1.2 - (i**2 + j**2 + k**2), 0, 0.5).astype(np.float32) * 1600
    texture = 1 + 0.2 * np.sin(40 * i + 7 * j) * np.sin(31 * k - 5 * j)
    voxels = np.asfortranarray((round_ball * texture).astype(np.int16).astype(np.float32))
    return Volume(voxels, Geometry(shape, np.diag([*spacing, 1.0])), "ball", stored_as="int16")
