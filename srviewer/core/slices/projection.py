"""Maximum intensity projections of a volume as it turns about the head-foot axis."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.padding import without_padding
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, Progress

BETWEEN = float(np.sin(np.radians(22.5)))  # of a direction: below that it is not named
VIEWS = 36  # over half a turn: from behind, a projection is its own mirror image
MOST = 144  # samples along each axis: an animation needs no more


@dataclass(frozen=True, eq=False)
class Turntable:
    """Maximum intensity projections from all sides.

    Attributes:
        views: (view, row, column) float32, seen from the front and then further to the left. Rows
            grow towards S, columns towards R at view 0.
        extent_mm: Width and height of a view.
    """

    views: Voxels
    extent_mm: tuple[float, float]

    def at(self, degrees: float) -> Voxels:
        """The view from an angle.

        Args:
            degrees: The angle from the front; a whole turn is 360.

        Returns:
            (row, column) float32, in the unit of the volume.
        """
        number = round(degrees / 180 * VIEWS) % (2 * VIEWS)
        view = self.views[number % VIEWS]
        return np.asarray(view if number < VIEWS else view[:, ::-1], np.float32)


def ends_at(degrees: float) -> tuple[str, str]:
    """The orientation letters at the first and the last column of a view.

    Args:
        degrees: The angle from the front.

    Returns:
        ("L", "R") at 0; two letters each where the columns run between two axes.
    """
    turn = np.radians(degrees)
    parts = sorted(((np.cos(turn), "LR"), (np.sin(turn), "PA")), key=lambda part: -abs(part[0]))
    named = [(share, names) for share, names in parts if abs(share) > BETWEEN]
    first = "".join(names[0] if share > 0 else names[1] for share, names in named)
    last = "".join(names[1] if share > 0 else names[0] for share, names in named)
    return first, last


@dataclass(frozen=True)
class FacingSlab:
    """A slab across the lines of sight, which rotates with them.

    Attributes:
        middle_mm: A RAS+ point in its middle.
        mm: Its thickness.
    """

    middle_mm: tuple[float, float, float]
    mm: float


def turntable(volume: Volume, slab: FacingSlab | None = None) -> Job[Turntable]:
    """Project a volume from each side, along lines across its head-foot axis.

    Args:
        volume: The volume; its padding is not shown.
        slab: What of it is projected; None for all.

    Returns:
        A job with the views.
    """
    voxels, spacing = _upright(volume)
    width = float(np.hypot(voxels.shape[0] * spacing[0], voxels.shape[1] * spacing[1]))
    height = voxels.shape[2] * spacing[2]
    # As fine as the sharper axis across the turn: how thick the slices are must not blur it.
    step = max(min(spacing[:2]), width / MOST)
    offsets = np.arange(-width / 2 + step / 2, width / 2, step)
    rows = (np.arange(0, height, max(spacing[2], height / MOST)) / spacing[2]).astype(int)
    # A border of the least value: what lies outside must not be the edge drawn out.
    padded = np.pad(voxels[:, :, rows], ((1, 1), (1, 1), (0, 0)), constant_values=voxels.min())
    views = []
    for number in range(VIEWS):
        yield Progress(number / VIEWS, "Projecting")
        angle = np.pi * number / VIEWS
        depths = offsets if slab is None else _within(slab, volume, angle, offsets)
        views.append(_seen_from(padded, spacing, (offsets, depths), angle))
    return Turntable(np.stack(views), (width, height))


def _within(
    slab: FacingSlab, volume: Volume, angle: float, offsets: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Those of the offsets along the lines of sight that lie in a slab; one at the least."""
    geometry = volume.geometry
    middle = geometry.index(slab.middle_mm) - (np.array(geometry.shape) - 1) / 2
    right, anterior, _ = (
        middle[axis] * geometry.spacing[axis] * sign
        for axis, sign in zip(geometry.world_axes, geometry.world_signs, strict=True)
    )
    depth = anterior * np.cos(angle) - right * np.sin(angle)
    away = np.abs(offsets - depth)
    return np.asarray(offsets[away <= max(slab.mm / 2, away.min())])


def _seen_from(
    padded: Voxels,
    spacing: tuple[float, float, float],
    offsets: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
    angle: float,
) -> Voxels:
    """(row, column): the maximum along each line of sight, at offsets across and along them."""
    across, deep = offsets[0][:, None], offsets[1][None, :]
    positions_mm = (
        across * np.cos(angle) - deep * np.sin(angle),
        across * np.sin(angle) + deep * np.cos(angle),
    )
    index = []
    for axis, position_mm in enumerate(positions_mm):
        inner = padded.shape[axis] - 2
        nearest = np.floor(position_mm / spacing[axis] + inner / 2).astype(int) + 1
        index.append(nearest.clip(0, inner + 1))
    view: Voxels = padded[index[0], index[1]].max(axis=1).T
    return view


def _upright(volume: Volume) -> tuple[Voxels, tuple[float, float, float]]:
    """The voxels with axes towards R, A and S and their spacing in mm; padding never shows."""
    geometry = volume.geometry
    order = geometry.world_axes
    flips = tuple(
        slice(None, None, 1 if geometry.directions[world, axis] > 0 else -1)
        for world, axis in enumerate(order)
    )
    r, a, s = (geometry.spacing[axis] for axis in order)
    voxels = without_padding(volume.voxels, volume.padding)
    return voxels.transpose(order)[flips], (r, a, s)
