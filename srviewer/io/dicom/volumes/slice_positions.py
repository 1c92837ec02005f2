"""Positions of DICOM slices, numbered, with the last digits of coordinates ignored.

Positions are sorted along the normal of the slices, along their rows and along their columns, and
parted wherever the next one is further away than the tolerance; so no jitter that is smaller can
part them, on whichever side of a rounded number they lie.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.io.dicom.headers.header import SliceHeader

Slices = list[SliceHeader]
Labels = npt.NDArray[np.int64]

# Slices up to this distance lie at one position; of small voxels, a tenth of their shortest edge,
# but never less than the rounding of decimal strings.
SAME_POSITION_MM = 0.05
SHARE_OF_VOXEL = 0.1
ROUNDING_MM = 0.001
# A slice further from all others belongs to another scan, or its position is damaged.
LONGEST_GAP_MM = 1000.0
EMPTY_PLANES, EMPTY_OF_SLICE = 64, 4


@dataclass(frozen=True, eq=False)
class SlicePositions:
    """The positions of slices, numbered from 0 along their normal.

    Attributes:
        numbers: The number of each position in LPS mm; of the instance and frame number where a
            slice has none.
    """

    numbers: dict[Hashable, int]

    def of(self, header: SliceHeader) -> int:
        """Look up the position of a slice.

        Args:
            header: A slice among those given to ``slice_positions``.

        Returns:
            The number of its position.
        """
        return self.numbers[_position(header)]

    def covered(self, slices: Iterable[SliceHeader]) -> frozenset[int]:
        """Collect the positions of some slices.

        Args:
            slices: Slices among those given to ``slice_positions``.

        Returns:
            The numbers of the positions at which at least one of them lies.
        """
        return frozenset(map(self.of, slices))

    def repeated(self, slices: Sequence[SliceHeader]) -> int:
        """Count the slices that lie at the position of another one of them.

        Args:
            slices: Slices among those given to ``slice_positions``.

        Returns:
            0 where each has a position of its own.
        """
        return len(slices) - len(self.covered(slices))


def slice_positions(slices: Sequence[SliceHeader]) -> SlicePositions:
    """Number the positions of slices of one orientation.

    Args:
        slices: At least one slice; one without a position counts by its instance and frame number.

    Returns:
        The numbered positions.
    """
    positions: dict[Hashable, SliceHeader] = {_position(header): header for header in slices}
    unplaced = [key for key, header in positions.items() if header.position is None]
    placed = [key for key, header in positions.items() if header.position is not None]
    labels = (
        _clustered(placed, positions[placed[0]], position_tolerance_mm(slices)) if placed else []
    )
    numbers = dict(zip(placed, labels, strict=True))
    first = max(labels, default=-1) + 1
    numbers.update({key: first + number for number, key in enumerate(unplaced)})
    return SlicePositions(numbers)


def count_positions(slices: Sequence[SliceHeader]) -> int:
    """Count the positions that slices cover.

    Args:
        slices: At least one slice, all of one orientation.

    Returns:
        1 or more.
    """
    return 1 if len(slices) == 1 else len(set(slice_positions(slices).numbers.values()))


def position_tolerance_mm(slices: Iterable[SliceHeader]) -> float:
    """The distance up to which slices lie at one position.

    Args:
        slices: Slices of any number.

    Returns:
        mm: a tenth of the shortest edge of a voxel, ``ROUNDING_MM`` to ``SAME_POSITION_MM``.
    """
    edges: set[float] = set()
    for header in slices:
        edges.update(header.pixel_spacing or ())
        edges.add(abs(header.thickness or 0.0))
    smallest = min((edge for edge in edges if edge > 0), default=np.inf)
    return max(ROUNDING_MM, min(SAME_POSITION_MM, SHARE_OF_VOXEL * float(smallest)))


def clusters(values: npt.NDArray[np.float64], tolerance: float) -> Labels:
    """Number values so that those without a gap between them have one number.

    Args:
        values: Positions in mm along a line.
        tolerance: A longer distance in mm is a gap.

    Returns:
        A number for each value, from 0 in the order of the values.
    """
    return _parted(values, np.zeros(len(values), np.int64), tolerance)


def _position(header: SliceHeader) -> Hashable:
    return (header.instance, header.frame) if header.position is None else header.position


def beside_each_other(slices: Slices) -> list[Slices]:
    """Part slices by their position in their plane, where several lie at one height.

    So the stations of a table that moved, and two slabs side by side, are parted; slices of a
    tilted stack, each of which is shifted in its plane, are not.

    Args:
        slices: Slices of one orientation.

    Returns:
        The parts, without slices of unknown position; all slices in one part where they are not
        parted.
    """
    placed = list(
        dict.fromkeys(header.position for header in slices if header.position is not None)
    )
    if len(placed) < 2:
        return [slices]
    tolerance = position_tolerance_mm(slices)
    along = _along_axes(placed, slices[0])
    heights = clusters(along[:, 0], tolerance)
    if len(set(_clustered(placed, slices[0], tolerance))) == heights.max() + 1:
        return [slices]
    columns = np.zeros(len(placed), np.int64)
    for values in along.T[1:]:
        columns = _parted(values, columns, tolerance)
    if any(len(np.unique(heights[columns == n])) < 2 for n in range(columns.max() + 1)):
        return [slices]
    number = dict(zip(placed, columns.tolist(), strict=True))
    parts: list[Slices] = [[] for _ in range(columns.max() + 1)]
    for header in slices:
        if header.position is not None:
            parts[number[header.position]].append(header)
    return parts


def near_each_other(slices: Slices) -> list[Slices]:
    """Part slices where a gap along their normal is too long for one scan.

    A gap is too long above ``LONGEST_GAP_MM``, or where it would hold more empty planes, at the
    median distance of the slices, than ``EMPTY_PLANES`` and ``EMPTY_OF_SLICE`` for each slice.

    Args:
        slices: Slices of one orientation.

    Returns:
        The parts along the normal.
    """
    placed = list(
        dict.fromkeys(header.position for header in slices if header.position is not None)
    )
    if len(placed) < 2:
        return [slices]
    along = _along_axes(placed, slices[0])[:, 0]
    heights = np.sort(along)
    gaps = np.diff(heights)
    spacings = gaps[gaps > position_tolerance_mm(slices)]
    if not len(spacings):
        return [slices]
    longest = float(np.median(spacings)) * (EMPTY_PLANES + EMPTY_OF_SLICE * len(spacings))
    labels = clusters(along, min(LONGEST_GAP_MM, longest))
    number = dict(zip(placed, labels.tolist(), strict=True))
    parts: list[Slices] = [[] for _ in range(labels.max() + 1)]
    for header in slices:
        parts[0 if header.position is None else number[header.position]].append(header)
    return parts


def _along_axes(positions: Sequence[Hashable], header: SliceHeader) -> npt.NDArray[np.float64]:
    """(n, 3) mm along the normal, the rows and the columns of the slice ``header``."""
    row, column = np.array(header.orientation or (1, 0, 0, 0, 1, 0), float).reshape(2, 3)
    axes = np.stack([np.cross(row, column), row, column])
    return np.asarray(np.array(positions, float) @ axes.T)


def _clustered(positions: Sequence[Hashable], header: SliceHeader, tolerance: float) -> list[int]:
    if len(positions) == 1:
        return [0]
    labels = np.zeros(len(positions), np.int64)
    for values in _along_axes(positions, header).T:
        labels = _parted(values, labels, tolerance)
    return [int(label) for label in labels]


def _parted(values: npt.NDArray[np.float64], labels: Labels, tolerance: float) -> Labels:
    """``labels`` made finer: equal only where the values have no gap between them either."""
    order = np.lexsort((values, labels))
    gap = (np.diff(values[order]) > tolerance) | (np.diff(labels[order]) > 0)
    finer = np.empty(len(values), np.int64)
    finer[order] = np.concatenate([[0], np.cumsum(gap)])
    return finer
