"""The part of k-space that was measured whole, where a scan has less than its matrix could hold.

Zero-filling, a round or soft filter and in-plane interpolation empty the corners of k-space, or
more of it. Within a rectangle inside of what is left noise is as strong at every frequency as it
was measured; what is left beyond it is found from the power there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.volumes.volume import Voxels

# The share of noise above which nothing is missing but what a few rays seemed to miss.
LARGEST_SHARE = 0.9
LEAST_VOXELS = 64  # along both axes: of fewer no edge can be found
# Rays from the centre of k-space, away from the axes, where the borders of the image show.
RAYS = tuple(range(15, 76, 5))  # degrees
DIAGONAL = range(30, 61)  # the rays that end in the corners
WIDTH = 5.0  # degrees to either side of a ray
STEP = 1 / 64  # cycles per voxel, along a ray
# An edge: the power falls so far within FALL steps, and comes back nowhere beyond.
CLIFF = 3.0
FALL = 5
NEAREST = 0.125  # cycles per voxel: nearer to the centre the image itself falls steeply
RIM = 0.75  # of the rectangle, along both axes: its corners, from where on power is compared
MOST_CELLS = 32  # from 0 to Nyquist along each axis
CELL = 2  # frequencies of a slice in a cell, at least

Power = npt.NDArray[np.floating]
Response = Callable[[Power], Power]


@dataclass(frozen=True, eq=False)
class MeasuredPart:
    """The part of k-space that was measured whole.

    Attributes:
        along: Up to this frequency along the first axis of a slice, cycles per voxel, 0..0.5.
        beside: The same along the second axis.
        shares: (n, m) the shares that are left of the power of noise, 0..1, at frequencies from 0
            to Nyquist along both axes, of either sign: about 1 in the rectangle, less outside.
    """

    along: float
    beside: float
    shares: Power

    @property
    def share(self) -> float:
        """The share of the power of white noise that is left, 0..1."""
        return float(self.shares.mean())

    def kept(self, along: Response, beside: Response) -> float:
        """The share that is left of the power of white noise behind a separable filter.

        Args:
            along: The power response along the first axis of a slice, of frequencies in cycles per
                voxel.
            beside: The same along the second axis.

        Returns:
            0..1.
        """
        rows, columns = (
            response((np.arange(count) + 0.5) / (2 * count))
            for response, count in zip((along, beside), self.shares.shape, strict=True)
        )
        return float(rows @ self.shares @ columns / (rows.sum() * columns.sum()))

    def shares_at(self, along: Power, beside: Power) -> Power:
        """The shares at frequencies.

        Args:
            along: (h,) along the first axis of a slice, cycles per voxel, -0.5..0.5.
            beside: (w,) along the second axis.

        Returns:
            (h, w) 0..1.
        """
        rows, columns = map(_cell, (along, beside), self.shares.shape)
        return np.asarray(self.shares[rows[:, None], columns[None]])


def measured_part(slices: Voxels) -> MeasuredPart | None:
    """Find the part of k-space that was measured whole, by the spectrum of slices.

    Args:
        slices: (n, h, w).

    Returns:
        The part; None where that is all of it, the corners included, or where nothing can be found.
    """
    height, width = slices.shape[1:]
    if min(height, width) < LEAST_VOXELS:
        return None
    largest = np.abs(slices).max()
    if not largest:
        return None
    # Not windowed: a scanner's image is periodic, and a window would smear the edge.
    spectrum = np.abs(np.fft.rfft2(slices / largest, axes=(1, 2)))  # squares of any unit fit
    power = np.mean(np.square(spectrum, dtype=np.float64), axis=0)
    along, beside = np.fft.fftfreq(height), np.fft.rfftfreq(width)
    corner = _corner(power, along, beside)
    if corner is None:
        return None
    near = (np.abs(along) <= corner[0]) & (np.abs(along) >= RIM * corner[0])
    rim = power[near][:, (beside <= corner[1]) & (beside >= RIM * corner[1])]
    shares = np.minimum(_cells(power, along, beside) / rim.mean(), 1.0)
    part = MeasuredPart(*corner, shares)
    return part if part.share <= LARGEST_SHARE else None


def _corner(power: Power, along: Power, beside: Power) -> tuple[float, float] | None:
    """The corner of the largest rectangle inside of the edge; None without an edge."""
    radius = np.hypot(along[:, None], beside[None])
    degrees = np.degrees(np.arctan2(beside[None], np.abs(along)[:, None]))
    bins = (radius / STEP).astype(np.intp)
    ends, found = [], []
    for ray in RAYS:
        axes = np.cos(np.radians(ray)), np.sin(np.radians(ray))
        near = (np.abs(degrees - ray) < WIDTH) & (radius * max(axes) < 0.5)
        seen = np.bincount(bins[near])
        held = np.flatnonzero(seen)
        means = np.bincount(bins[near], weights=power[near])[held] / seen[held]
        end = _end(np.interp(np.arange(len(seen)), held, means))
        found.append(end is not None)
        ends.append(0.5 / max(axes) if end is None else end)
    diagonal = [known for ray, known in zip(RAYS, found, strict=True) if ray in DIAGONAL]
    if sum(diagonal) <= len(diagonal) / 2:
        return None
    # Of three neighbours the middle one: one ray that saw nothing would reach too far.
    threes = zip(ends[:-2], ends[1:-1], ends[2:], strict=True)
    reach = [sorted(three)[1] for three in threes]
    corners = [
        (end * np.cos(np.radians(ray)), end * np.sin(np.radians(ray)))
        for ray, end in zip(RAYS[1:-1], reach, strict=True)
    ]
    return max(corners, key=lambda one: one[0] * one[1])


def _end(power: Power) -> float | None:
    """The frequency along a ray at which its power begins to fall over an edge; None without."""
    if len(power) <= 2 * FALL or not power.max():
        return None
    logs = np.log(np.maximum(power, power.max() * 1e-12))
    falls = logs[:-FALL] - logs[FALL:]
    # An image falls ever more slowly, so an edge is a fall steeper than the one before.
    before = np.r_[np.full(FALL, np.inf), falls[:-FALL]]
    edges = (falls >= np.log(CLIFF)) & (falls >= before + np.log(CLIFF) / 2)
    edges[: round(NEAREST / STEP)] = False
    if not edges.any():
        return None
    edge = int(np.argmax(np.where(edges, falls, 0)))
    if logs[edge + FALL :].max() > logs[edge] - np.log(CLIFF) / 2:
        return None
    half = FALL // 2
    middle = np.arange(edge, edge + half + 1)
    bends = 2 * logs[middle] - logs[middle - half] - logs[middle + half]
    return (edge + int(np.argmax(bends))) * STEP


def _cells(power: Power, along: Power, beside: Power) -> Power:
    """The mean power in cells of frequencies of either sign."""
    counts = [min(MOST_CELLS, n // (2 * CELL)) for n in (len(along), 2 * (len(beside) - 1))]
    rows, columns = map(_cell, (along, beside), counts)
    cells = (rows[:, None] * counts[1] + columns[None]).ravel()
    size = counts[0] * counts[1]
    sums = np.bincount(cells, weights=power.ravel(), minlength=size)
    seen = np.maximum(np.bincount(cells, minlength=size), 1)
    return np.asarray((sums / seen).reshape(counts))


def _cell(frequencies: Power, count: int) -> npt.NDArray[np.intp]:
    return np.minimum((np.abs(frequencies) * 2 * count).astype(np.intp), count - 1)
