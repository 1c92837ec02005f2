"""Label maps of segments that may overlap: the fewest in which no two of them do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import Voxels

Plane = tuple[int, Mask]
MOST_VOXELS = 1 << 30  # of all label maps together, as float32 4 GiB


class TooManyLayers(ValueError):
    """The error of segments of which so many overlap that their label maps fill the memory."""


@dataclass(eq=False)
class Layers:
    """Label maps that segments are entered into, one after another.

    Attributes:
        shape: (planes, rows, columns) of each label map.
        volumes: The label maps, float32.
    """

    shape: tuple[int, int, int]
    volumes: list[Voxels] = field(default_factory=list)

    def enter(self, value: int, planes: Sequence[Plane]) -> None:
        """Enter a segment into the first label map in which its voxels are free.

        Args:
            value: Its label, above 0.
            planes: Numbers of planes, each with a (rows, columns) mask of the segment there; one
                plane may come several times.

        Raises:
            TooManyLayers: There is no room for another label map.
        """
        free = next((volume for volume in self.volumes if _is_free(volume, planes)), None)
        if free is None:
            voxels = (len(self.volumes) + 1) * int(np.prod(self.shape, dtype=np.int64))
            if voxels > MOST_VOXELS:
                raise TooManyLayers(f"{len(self.volumes) + 1} label maps")
            free = np.zeros(self.shape, np.float32)
            self.volumes.append(free)
        for k, mask in planes:
            free[k][mask] = value


def _is_free(volume: Voxels, planes: Iterable[Plane]) -> bool:
    return not any(np.any(volume[k][mask]) for k, mask in planes)


def whole_planes(mask: npt.NDArray[np.bool_]) -> list[Plane]:
    """The planes of a mask that hold a part of it.

    Args:
        mask: (planes, rows, columns).

    Returns:
        Numbers of planes with their masks, views.
    """
    return [(int(k), mask[k]) for k in np.flatnonzero(mask.any(axis=(1, 2)))]
