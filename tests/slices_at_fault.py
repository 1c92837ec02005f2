"""Scans with one fault between their slices."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.ndimage import shift as shifted

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Volume, Voxels

Spoil = Callable[[Voxels], None]


def spoilt(scan: Volume, axis: Axis, spoil: Spoil) -> Volume:
    """``scan`` after ``spoil`` has changed its slices, (n, h, w), in place."""
    voxels = np.array(scan.voxels)
    spoil(np.moveaxis(voxels, axis, 0))
    return replace(scan, voxels=voxels)


def moved(by: tuple[float, float], first: int = 1) -> Spoil:
    """Every second slice from ``first`` on is moved, in voxels."""

    def spoil(slices: Voxels) -> None:
        for number in range(first, len(slices), 2):
            slices[number] = shifted(slices[number], by, order=3, mode="nearest")

    return spoil


def banded(ratio: float, first: int = 1) -> Spoil:
    """Every second slice from ``first`` on is brighter by ``ratio``."""

    def spoil(slices: Voxels) -> None:
        slices[first::2] *= np.float32(ratio)

    return spoil


def scaled(number: int, by: float) -> Spoil:
    """One slice is brighter by a factor; 0 for a black one."""

    def spoil(slices: Voxels) -> None:
        slices[number] *= np.float32(by)

    return spoil


def repeated(number: int) -> Spoil:
    """A slice is the one before it again."""

    def spoil(slices: Voxels) -> None:
        slices[number] = slices[number - 1]

    return spoil


def half_black(number: int) -> Spoil:
    """Half of one slice is black."""

    def spoil(slices: Voxels) -> None:
        slices[number, :, : slices.shape[2] // 2] = 0

    return spoil


def replaced(number: int, other: int) -> Spoil:
    """A slice holds what belongs to another place."""

    def spoil(slices: Voxels) -> None:
        slices[number] = slices[other]

    return spoil


def black_pair(number: int) -> Spoil:
    """Two slices in a row are black."""

    def spoil(slices: Voxels) -> None:
        slices[number : number + 2] = 0

    return spoil
