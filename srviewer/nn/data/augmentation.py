"""Augmentation of training patches in contrast, shading and intensity, before degradation."""

import numpy as np

from srviewer.core.volumes.volume import Voxels
from srviewer.nn.plans.parts import DataPlan

KNOTS = 5  # of a random grey-level curve, from 0 to the range
FLATTEST = 0.15  # least change of grey between two knots, as a share of the range


def augment(slab: Voxels, data: DataPlan, random: np.random.Generator) -> None:
    """Change the intensities of a patch at random, in place.

    Its grey levels are bent or redrawn, shaded and scaled, so that a network does not depend on
    those of one scanner. Air stays at 0, as in every scan.

    Args:
        slab: (2k + 1, rows, columns) in shares of the intensity range.
        data: The ranges and shares to draw from.
        random: The random generator of the patch.
    """
    if random.random() < data.contrast_share:
        np.copysign(np.abs(slab) ** np.float32(random.uniform(*data.contrast)), slab, out=slab)
    if data.remap_share and random.random() < data.remap_share:
        slab[:] = np.interp(slab, np.linspace(0, 1, KNOTS), _grey_levels(random))
    if data.bias[1]:
        slab *= _bias_field(slab.shape, random.uniform(*data.bias), random)
    slab *= np.float32(random.uniform(*data.intensity))


def _grey_levels(random: np.random.Generator) -> np.ndarray:
    """(KNOTS,) grey levels in 0..1 from 0 on, none like its neighbour; they may rise or fall.

    Contrasts differ by which tissue is the brighter, and a falling stretch swaps two.
    """
    levels = [0.0]
    while len(levels) < KNOTS:
        level = random.uniform(0.05, 1.0)
        if abs(level - levels[-1]) >= FLATTEST:
            levels.append(level)
    return np.array(levels)


def _bias_field(shape: tuple[int, ...], strength: float, random: np.random.Generator) -> np.ndarray:
    """A smooth gain around 1, as of a receive coil: at most ``1 + strength`` at one corner.

    A patch is small beside a coil, so a plane is enough.
    """
    slopes = random.uniform(-1, 1, 3)
    slopes *= strength / max(np.abs(slopes).sum(), 1e-6)
    along = [s * np.linspace(-1, 1, n) for s, n in zip(slopes, shape, strict=True)]
    field: np.ndarray = 1 + along[0][:, None, None] + along[1][:, None] + along[2]
    return field.astype(np.float32)
