"""Smooth phantoms to train on: waves and tilted plates, which heads alone hardly show."""

import numpy as np

from srviewer.core.volumes.volume import Voxels

MOST_PARTS = 3
SINGLE_SHARE = 0.5  # of the phantoms; as a wave alone may look like a row of plates, made thick
FLAT_SHARE = 0.4  # of the parts that vary along the rows alone
WAVELENGTH = (6.0, 40.0)  # voxels
PLATE = (2.0, 16.0)  # thickness in voxels
EDGE = (0.3, 1.5)  # voxels in which a plate begins and ends


def smooth_phantom(shape: tuple[int, ...], random: np.random.Generator) -> Voxels:
    """Draw a phantom: a sum of waves, or plates one upon the other.

    Args:
        shape: (2k + 1, rows, columns).
        random: The random generator of the patch.

    Returns:
        float32 of that shape, in 0..1, shares of the intensity range.
    """
    parts = 1 if random.random() < SINGLE_SHARE else int(random.integers(2, MOST_PARTS + 1))
    draw = _waves if random.random() < 0.5 else _plates
    return draw(shape, parts, random)


def _waves(shape: tuple[int, ...], count: int, random: np.random.Generator) -> Voxels:
    total = np.zeros(shape, np.float32)
    shares = random.dirichlet(np.ones(count)) * random.uniform(0.2, 0.5)
    for share in shares:
        length = np.exp(random.uniform(*np.log(WAVELENGTH)))
        phase = random.uniform(0, 2 * np.pi)
        total += np.float32(share) * np.sin(_along(shape, 2 * np.pi / length, random) + phase)
    total += np.float32(0.5)
    return total


def _plates(shape: tuple[int, ...], count: int, random: np.random.Generator) -> Voxels:
    total = np.full(shape, random.uniform(0.1, 0.9), np.float32)
    for _ in range(count):
        along = _along(shape, 1.0, random)
        half = random.uniform(*PLATE) / 2
        distance = np.abs(along - random.uniform(along.min(), along.max()))
        inside = np.clip((half - distance) / random.uniform(*EDGE) + 0.5, 0, 1)
        total += inside * (np.float32(random.uniform(0.1, 0.9)) - total)
    return total


def _along(shape: tuple[int, ...], scale: float, random: np.random.Generator) -> Voxels:
    """The position along a random direction, or along the rows, times ``scale``."""
    direction = np.array([0.0, 1.0, 0.0])
    if random.random() >= FLAT_SHARE:
        direction = random.normal(size=3) * (1, 2, 1)
        direction /= np.linalg.norm(direction)
    axes = [scale * d * np.arange(n) for d, n in zip(direction, shape, strict=True)]
    position: Voxels = (axes[0][:, None, None] + axes[1][:, None] + axes[2]).astype(np.float32)
    return position
