"""Made-up anatomy that differs on every axis, so that any flip or transpose shows."""

from collections.abc import Sequence
from itertools import permutations, product

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.volumes.volume import Volume, Voxels

HEAD_SHAPE = (40, 48, 36)

# Every way in which the array axes can lie along the patient's: (3, 3) signed permutations.
ORIENTATIONS: tuple[Matrix, ...] = tuple(
    np.eye(3)[:, order] * signs
    for order in permutations(range(3))
    for signs in product((1.0, -1.0), repeat=3)
)


def affine_of(
    directions: npt.ArrayLike,
    spacing: Sequence[float] = (1.0, 1.0, 1.0),
    origin: Sequence[float] = (-17.0, 5.5, 31.25),
) -> Matrix:
    """(4, 4) index to RAS+ mm, from (3, 3) unit columns, spacing in mm and the first centre."""
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(directions) * spacing
    affine[:3, 3] = origin
    return affine


def rotation(degrees: Sequence[float]) -> Matrix:
    """(3, 3): turns about R, then A, then S."""
    matrix = np.eye(3)
    for axis, angle in enumerate(np.radians(degrees)):
        turn = np.eye(3)
        one, other = (axis + 1) % 3, (axis + 2) % 3
        turn[[one, other], [one, other]] = np.cos(angle)
        turn[one, other], turn[other, one] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    return matrix


def numbered(shape: tuple[int, int, int], affine: Matrix) -> Volume:
    """A volume whose every voxel has a value of its own."""
    voxels = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    return Volume(voxels, Geometry(shape, affine), "numbered")


def head(
    shape: tuple[int, int, int] = HEAD_SHAPE,
    spacing: Sequence[float] = (1.0, 1.0, 1.0),
    directions: npt.ArrayLike = ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
) -> Volume:
    """A head-like volume, 0 outside and up to about 1000 inside, centred on the world's origin.

    Structure at several scales: skull, folds of two wavelengths, unequal ventricles, a lesion, a
    nose at the anterior end of axis j.
    """
    affine = affine_of(directions, spacing, (0.0, 0.0, 0.0))
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return Volume(_head_voxels(shape), Geometry(shape, affine), "head", unit="a.u.", modality="MR")


def _head_voxels(shape: tuple[int, int, int]) -> Voxels:
    i, j, k = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")

    def ball(centre: Sequence[float], radii: Sequence[float]) -> npt.NDArray[np.bool_]:
        offsets = ((x - c) / r for x, c, r in zip((i, j, k), centre, radii, strict=True))
        return np.asarray(sum(offset**2 for offset in offsets) < 1)

    nose = ball((0.08, 0.8, -0.3), (0.14, 0.18, 0.2))
    scalp = ball((0.04, -0.05, 0.02), (0.84, 0.86, 0.9)) | nose
    brain = ball((0.04, -0.05, 0.06), (0.7, 0.74, 0.76))
    coarse = np.sin(9 * i + 4 * j) * np.sin(7 * j - 3 * k + 0.5) * np.cos(8 * k + 2 * i)
    fine = np.sin(21 * i - 8 * k) * np.sin(19 * j + 23 * k)
    voxels = np.where(scalp, 350.0, 0.0)
    voxels[brain] = (620 + 170 * coarse + 90 * fine)[brain]
    voxels[ball((-0.16, 0.02, 0.12), (0.09, 0.32, 0.16))] = 120
    voxels[ball((0.22, -0.06, 0.16), (0.07, 0.24, 0.12))] = 120
    voxels[ball((0.38, 0.3, -0.28), (0.13, 0.1, 0.15))] = 960
    return gaussian_filter(voxels, 0.5).astype(np.float32)
