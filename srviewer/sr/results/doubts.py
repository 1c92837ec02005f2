"""Where to look in a result: the smoothed disagreement, and the regions most likely wrong."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import intensity_of_parts
from srviewer.core.reconstruction.smoothed_map import HISTORY, smoothed
from srviewer.core.regions.doubtful_regions import CubeMean, DoubtMap, highest_cubes
from srviewer.core.scores.metrics import Mask
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.core.volumes.voxel_sources import KeptVolume, VoxelSource, kept
from srviewer.job import Job, within
from srviewer.sr.results.maps import DISAGREEMENT
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts

REGIONS_NOTE = (
    "Regions of 8 mm where the two planes differ most. What both planes get wrong in the same way, "
    "and motion, noise or gaps in the scan, they do not show."
)


@dataclass(frozen=True)
class DoubtfulRegion:
    """A region of a result that is most likely wrong: a cube of 8 mm.

    Attributes:
        index: (i, j, k) of its middle voxel in the result.
        position_mm: Its middle, RAS+ mm.
        slices: The number, from 1, of the result's (axial, coronal, sagittal) slice through it.
        scan_slice: The number, from 1, of the scan's slice that holds its middle.
        disagreement: Mean in the region, in the unit of the scan.
        share: The same as a share of the intensity range.
    """

    index: tuple[int, int, int]
    position_mm: tuple[float, float, float]
    slices: tuple[int, int, int]
    scan_slice: int
    disagreement: float
    share: float

    def described(self) -> dict[str, Any]:
        """The region as plain JSON values; slices and index as the command line counts them."""
        axial, coronal, sagittal = self.slices
        return {
            "position_mm": [round(mm, 2) for mm in self.position_mm],
            "index": list(self.index),
            "slices": {"axial": axial, "coronal": coronal, "sagittal": sagittal},
            "scan_slice": self.scan_slice,
            "disagreement": self.disagreement,
            "share": self.share,
        }


@dataclass(frozen=True, eq=False)
class Doubts:
    """The smoothed disagreement of a result, and its regions most likely wrong.

    Attributes:
        disagreement: The smoothed map, on the grid of the result and in the unit of the scan.
        regions: At most ten, the largest disagreement first.
    """

    disagreement: Volume
    regions: tuple[DoubtfulRegion, ...]


def find_doubts(result: Reconstruction, scan: ScanHeader) -> Job[Doubts | None]:
    """Smooth the disagreement of a result and find the regions most likely wrong.

    Args:
        result: The result.
        scan: The scan that it was made from.

    Returns:
        A job with map and regions; None where no two planes made the result.
    """
    raw = result.disagreement
    regions = yield from within(find_regions(result, scan), 0.0, 0.6)
    if raw is None or regions is None:
        return None
    voxels = yield from within(smoothed(raw.voxels), 0.6, 1.0)
    padded = result.volume.padded
    if padded is not None:
        voxels[padded] = 0
    return Doubts(raw.derived(voxels, raw.geometry, HISTORY), regions)


def find_regions(
    result: Reconstruction, scan: ScanHeader
) -> Job[tuple[DoubtfulRegion, ...] | None]:
    """Find the regions of a result that are most likely wrong.

    Args:
        result: The result.
        scan: The scan that it was made from.

    Returns:
        A job with at most ten, the largest disagreement first; None where no two planes made the
        result.
    """
    if result.disagreement is None:
        return None
    differing = kept(result.disagreement).voxels
    return (yield from regions_of(result, kept(result.volume), differing, scan))


def regions_of(
    facts: ReconstructionFacts,
    result: KeptVolume,
    differing: VoxelSource,
    scan: ScanHeader,
) -> Job[tuple[DoubtfulRegion, ...]]:
    """Find the regions of a result that are most likely wrong, slab by slab.

    Args:
        facts: Of the result.
        result: The result.
        differing: (i, j, k) disagreement of the two planes, on its grid.
        scan: The scan that it was made from.

    Returns:
        A job with at most ten, the largest disagreement first.
    """
    padding = result.header.padding
    intensity = intensity_of_parts(result.voxels.parts, padding)

    def foreground(start: int, stop: int) -> Mask:
        voxels = result.voxels.read(0, start, stop)
        seen = intensity.foreground(voxels)
        return seen if padding is None else seen & (voxels != np.float32(padding))

    geometry = result.header.geometry
    cubes = yield from highest_cubes(DoubtMap(differing, foreground, geometry))
    return tuple(_region(cube, geometry, facts, scan) for cube in cubes)


def shown_maps(result: Reconstruction, doubts: Doubts | None) -> dict[str, Volume]:
    """The maps of a result as they are shown and exported: the disagreement smoothed.

    Args:
        result: The result.
        doubts: Of the result; None where it has no disagreement, or while that is not smoothed yet.

    Returns:
        The maps by the id of their kind (see ``MAPS``).
    """
    maps = {kind: volume for kind, volume in result.maps().items() if kind != DISAGREEMENT.id}
    return maps if doubts is None else {DISAGREEMENT.id: doubts.disagreement, **maps}


def _region(
    cube: CubeMean, geometry: Geometry, facts: ReconstructionFacts, scan: ScanHeader
) -> DoubtfulRegion:
    axis = facts.request.axis
    x, y, z = (float(mm) for mm in geometry.world(cube.index))
    axial, coronal, sagittal = (cube.index[plane.normal_axis(geometry)] + 1 for plane in Plane)
    thick = round(float(scan.geometry.index((x, y, z))[axis]))
    return DoubtfulRegion(
        index=cube.index,
        position_mm=(x, y, z),
        slices=(axial, coronal, sagittal),
        scan_slice=min(max(thick, 0), scan.geometry.shape[axis] - 1) + 1,
        disagreement=cube.mean,
        share=cube.mean / facts.data_range,
    )
