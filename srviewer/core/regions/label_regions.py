"""Distinction of masks and label maps, which are regions of equal values, from scans.

Three facts decide. A volume of two values is a mask, whatever they are. In a label map most
neighbours of a voxel carry its value, which holds for nearly every one of its values; in a scan it
holds at most for a few (air, padding, saturation). In a scan of few intensities it may hold for all
of them, but there a voxel that differs from its neighbour mostly does so by one level, while the
numbers of neighbouring labels have nothing to do with each other.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.volumes.volume import Voxels

Kind = Literal["scan", "labels", "constant"]

SLAB = 4  # planes that are examined together
TILE = 16  # voxels along i and j
# The number of tiles examined of the first two slabs, which are enough for most scans, and of all
# slabs, so that small structures are met; each slab has its share.
FIRST_TILES, MOST_TILES, LEAST_TILES = 192, 1024, 12
# Volumes with this many values are label maps by their contact alone: a scan has more levels.
MOST_CLASSES = 6
# The share of neighbours with the same value; the median over the values, of few and of many.
CONTACT_OF_CLASSES, CONTACT = 0.35, 0.45
# A scan that was enlarged by repeating voxels has regions of equal values too. There, along two or
# three axes, nearly all voxels change at once between more than this share of the planes.
MOST_CUTS = 0.15
CUT_CONTACT = 0.25
# Of the neighbours that differ, those one level higher or lower; the median over the values,
# then the axes.
MOST_STEPS = 0.5
FEW_PAIRS = 20  # from fewer neighbours, no share is taken
# A median contact below this, over so many voxels and values, is that of a scan at once.
SCAN_CONTACT = 0.3
SCAN_VOXELS = 4000
# Fewer voxels than this share, unlike all the others, are marks: points, or a lesion.
MARKS = 2e-3
MOST_MARKS = 128  # values

Ranks = npt.NDArray[np.intp]


@dataclass
class LabelCheck:
    """Decides slab by slab whether a volume is a scan or a label map.

    Attributes:
        shape: (i, j, k) of the volume.
        padding: Voxels of this value do not count, unless they are the most, as the background of a
            label map may be: then they are what it consists of besides its labels.
        settled: Whether it is a scan whatever follows, so that the rest need not be examined.
    """

    shape: tuple[int, int, int]
    padding: float | None = None
    settled: bool = False
    _common: np.float32 | None = None  # the most frequent value of the first slab
    _values: list[np.float32] = field(default_factory=list)  # up to one more than MOST_CLASSES
    _others: int = 0  # voxels of any other value than the common one
    _padded: int = 0  # voxels that do not count
    _marks: list[Voxels] = field(default_factory=list)  # these voxels, while they are few
    _tiles: list[Voxels] = field(default_factory=list)  # each (n, i, j, k)
    _looked_at: int = 0  # slabs at the last look

    def add(self, slab: Voxels) -> None:
        """Examine the next slab.

        Args:
            slab: (i, j, n) float32, finite: the next ``SLAB`` planes, or those that are left.
        """
        if self.settled:
            return
        if self._common is None:
            if not measured_voxels(slab, self.padding).size:
                self._padded += slab.size
                return
            self._common = _most_frequent(slab)
            self._values.append(self._common)
        slab = self._without_padding(slab, self._common)
        inside = slab != self._common
        count = int(np.count_nonzero(inside))
        if not count:
            return
        self._others += count
        if self._sparse:
            self._marks.append(slab[inside])
        if len(self._values) <= MOST_CLASSES:
            self._note_values(slab[inside])
        self._tiles.append(_tiles_with_content(slab, inside, self._tiles_of_a_slab))
        if len(self._tiles) >= 2 * self._looked_at:  # a look costs as much as all before it
            self._looked_at = len(self._tiles)
            self.settled = self._is_plainly_a_scan()

    def kind(self) -> Kind:
        """The kind of the voxels; to be asked when all slabs were added."""
        if self.settled:
            return "scan"
        if len(self._values) < 2:
            return "constant"
        if len(self._values) == 2 or self._are_marks():
            return "labels"
        regions = _regions(self._tiles, self._common)
        if len(self._values) <= MOST_CLASSES:
            return "labels" if regions.contact >= CONTACT_OF_CLASSES else "scan"
        if regions.contact < CONTACT or regions.steps >= MOST_STEPS:
            return "scan"
        cuts = sorted(_cut_share(self._tiles, axis, self._common) for axis in (1, 2, 3))
        return "labels" if cuts[1] <= MOST_CUTS else "scan"

    @property
    def values(self) -> int | None:
        """The number of different values; None for more than ``MOST_CLASSES``."""
        return len(self._values) if len(self._values) <= MOST_CLASSES else None

    @property
    def _sparse(self) -> bool:
        return self._others < MARKS * (math.prod(self.shape) - self._padded)

    @property
    def _tiles_of_a_slab(self) -> int:
        most = FIRST_TILES if len(self._tiles) < 2 else MOST_TILES
        return max(LEAST_TILES, most * SLAB // max(SLAB, self.shape[2]))

    def _without_padding(self, slab: Voxels, common: np.float32) -> Voxels:
        if self.padding is None:
            return slab
        if common == np.float32(self.padding):
            self._padded = 0
            return slab
        padded = slab == np.float32(self.padding)
        self._padded += int(np.count_nonzero(padded))
        return np.where(padded, common, slab)

    def _note_values(self, others: Voxels) -> None:
        for value in self._values[1:]:
            others = others[others != value]
        while others.size and len(self._values) <= MOST_CLASSES:
            self._values.append(others[0])
            others = others[others != others[0]]

    def _are_marks(self) -> bool:
        return self._sparse and np.unique(np.concatenate(self._marks)).size <= MOST_MARKS

    def _is_plainly_a_scan(self) -> bool:
        if len(self._values) <= MOST_CLASSES or self._sparse:
            return False
        regions = _regions(self._tiles, self._common)
        return regions.voxels >= SCAN_VOXELS and regions.contact < SCAN_CONTACT


def slabs_of(voxels: Voxels) -> Iterator[Voxels]:
    """Cut a volume into slabs as ``LabelCheck`` takes them.

    Args:
        voxels: (i, j, k).

    Yields:
        (i, j, n) views of ``SLAB`` planes, the last with those that are left.
    """
    for start in range(0, voxels.shape[2], SLAB):
        yield voxels[:, :, start : start + SLAB]


@dataclass(frozen=True)
class _Regions:
    """Shares of equal and of near neighbours, 0..1.

    Attributes:
        contact: The share of a value's neighbours that are equal; the median over the values, the
            common one left out.
        steps: Of a value's neighbours that differ, the share that is one level higher or lower; the
            median over the values, then over the axes.
        voxels: The number of voxels that are not of the common value.
    """

    contact: float
    steps: float
    voxels: int


def _regions(tiles: Sequence[Voxels], common: np.float32 | None) -> _Regions:
    levels, ranks = np.unique(np.concatenate([tile.ravel() for tile in tiles]), return_inverse=True)
    counts = np.bincount(ranks, minlength=levels.size)
    other = levels != common
    ends = np.cumsum([tile.size for tile in tiles])[:-1]
    ranked = [
        tile_ranks.reshape(tile.shape)
        for tile_ranks, tile in zip(np.split(ranks.ravel(), ends), tiles, strict=True)
    ]
    same, every = np.zeros(levels.size, np.intp), np.zeros(levels.size, np.intp)
    steps = []
    for axis in (1, 2, 3):
        near, far = _neighbours(ranked, axis)
        step = np.abs(near - far)
        same_here, every_here, next_here = (
            np.bincount(np.concatenate((near[which], far[which])), minlength=levels.size)
            for which in (step == 0, step >= 0, step == 1)
        )
        same, every = same + same_here, every + every_here
        if np.count_nonzero(step) >= FEW_PAIRS:
            steps.append(_median_share(next_here, every_here - same_here, other))
    return _Regions(
        _median_share(same, every, other),
        float(np.median(steps)) if steps else 0.0,
        int(counts[other].sum()),
    )


def _cut_share(tiles: Sequence[Voxels], axis: int, common: np.float32 | None) -> float:
    """The share of steps from plane to plane of the tiles along ``axis`` that change nearly all.

    Only those with enough voxels that are not the common ones are counted; 0 without any.
    """
    cuts = steps = 0
    for tile in tiles:
        planes = np.moveaxis(tile, axis, 1)
        near, far = planes[:, :-1], planes[:, 1:]
        inside = (near != common) | (far != common)
        count = inside.sum((2, 3))
        equal = ((near == far) & inside).sum((2, 3))
        enough = count >= FEW_PAIRS
        steps += int(np.count_nonzero(enough))
        cuts += int(np.count_nonzero(equal[enough] < CUT_CONTACT * count[enough]))
    return cuts / steps if steps else 0.0


def _neighbours(tiles: Sequence[Ranks], axis: int) -> tuple[Ranks, Ranks]:
    """Every voxel that has a next one along ``axis`` of its tile, and that next one."""
    moved = [np.moveaxis(tile, axis, 0) for tile in tiles]
    near = np.concatenate([tile[:-1].ravel() for tile in moved])
    return near, np.concatenate([tile[1:].ravel() for tile in moved])


def _median_share(part: Ranks, whole: Ranks, of: npt.NDArray[np.bool_]) -> float:
    counted = of & (whole > 0)
    return float(np.median(part[counted] / whole[counted])) if counted.any() else 0.0


def _most_frequent(slab: Voxels) -> np.float32:
    """The value of most voxels, from a sample of the slab."""
    sample = slab[:: max(1, slab.shape[0] // 64), :: max(1, slab.shape[1] // 64)]
    values, counts = np.unique(sample, return_counts=True)
    most_frequent: np.float32 = values[counts.argmax()]
    return most_frequent


def _tiles_with_content(slab: Voxels, inside: npt.NDArray[np.bool_], most: int) -> Voxels:
    """(n, i, j, k): up to ``most`` tiles, evenly spread over those with voxels ``inside``."""
    edges = [min(TILE, length) for length in slab.shape[:2]]
    starts = [range(0, n, edge) for n, edge in zip(slab.shape[:2], edges, strict=True)]
    per_column = np.add.reduceat(inside.sum(2), starts[0], axis=0)
    content = np.argwhere(np.add.reduceat(per_column, starts[1], axis=1))
    chosen = content[np.linspace(0, len(content) - 1, min(most, len(content))).round().astype(int)]
    # The last tile of a row reaches back, so that all have one size.
    corners = np.minimum(chosen * edges, np.subtract(slab.shape[:2], edges))
    return np.stack([slab[i : i + edges[0], j : j + edges[1]] for i, j in corners])
