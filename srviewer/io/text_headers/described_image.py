"""An image by its text header, and its voxels read as that header describes them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.geometry.space_codes import GUESSED_SPACE, SCANNER_SPACE, SpaceCodes
from srviewer.core.regions.labels import LabelName
from srviewer.core.volumes.volume import ScanWarning
from srviewer.errors import UserError
from srviewer.io.files.packing import Packing
from srviewer.io.nifti.geometry import LEAST_DETERMINANT, oblique_warning
from srviewer.io.nifti.image_header import no_volume
from srviewer.io.scans.segmentation_names import name_warnings
from srviewer.io.stored_voxels import StoredVoxels
from srviewer.io.text_headers.text_header import refused

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
FARTHEST_MM = 1e9  # beyond it, positions in mm have no digits left
# Millimetres by the words that headers use for units of length.
UNITS = {
    "mm": 1.0,
    "millimeter": 1.0,
    "millimeters": 1.0,
    "cm": 10.0,
    "m": 1000.0,
    "um": 0.001,
    "\u00b5m": 0.001,
    "micron": 0.001,
    "microns": 0.001,
}


# Seconds by the words that headers use for units of time.
SECONDS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 0.001),
}


@dataclass(frozen=True)
class Segment:
    """A segment that a header describes.

    Attributes:
        label: Its value in the voxels, its name and its colour.
        layer: The volume that holds it; segments of two layers may overlap.
    """

    label: LabelName
    layer: int


@dataclass(frozen=True, eq=False)
class DescribedImage:
    """An image by its header.

    Attributes:
        path: The file of the header.
        voxels: The file of the voxels, which may be the same.
        packing: The packing of the voxels; None for that of their whole file.
        start: The byte of the first voxel in the unpacked content.
        dtype: The data type of stored numbers.
        shape: Voxels along (i, j, k).
        frames: The number of volumes.
        interleaved: Whether the numbers of all volumes stand together at each voxel.
        affine: (4, 4) to RAS+ mm.
        warnings: The warnings of the header.
        space: The codes of the space of the coordinates.
        scales: Slope and intercept of each volume; empty where values are stored as they are.
        segments: The segments; empty where the header describes none.
        interval_s: Seconds from one volume to the next; None where the header does not say.
    """

    path: Path
    voxels: Path
    packing: Packing | None
    start: int
    dtype: np.dtype[np.generic]
    shape: tuple[int, int, int]
    frames: int
    interleaved: bool
    affine: Matrix
    warnings: tuple[ScanWarning, ...]
    space: SpaceCodes = SCANNER_SPACE
    scales: tuple[tuple[float, float], ...] = ()
    segments: tuple[Segment, ...] = ()
    interval_s: float | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, each once."""
        return (self.path,) if self.path == self.voxels else (self.path, self.voxels)

    def stored(self, name: str) -> tuple[StoredVoxels, ...]:
        """The storage of each volume.

        Args:
            name: The name of the scan.

        Returns:
            The storage for each volume, the same one where all have one scale.

        Raises:
            UserError: The image has no grid, or its file is too short for its voxels.
        """
        geometry = grid_of(self.path, self.shape, self.affine)
        guessed = any(warning.code == "orientation_unknown" for warning in self.warnings)
        scales = self.scales or ((1.0, 0.0),) * self.frames
        segmented = () if self.segments else name_warnings(name)
        warnings = (*segmented, *self.warnings, *oblique_warning(geometry))
        by_scale = {
            scale: StoredVoxels(
                path=self.voxels,
                start=self.start,
                dtype=self.dtype,
                slope=scale[0],
                inter=scale[1],
                name=name,
                geometry=geometry,
                frames=self.frames,
                warnings=warnings,
                space=GUESSED_SPACE if guessed else self.space,
                packing=self.packing,
                interleaved=self.interleaved,
            ).checked()
            for scale in dict.fromkeys(scales)
        }
        return tuple(by_scale[scale] for scale in scales)


def grid_of(path: Path, shape: tuple[int, int, int], affine: Matrix) -> Geometry:
    """The grid of a volume.

    Args:
        path: The file of the header, for messages.
        shape: Voxels along (i, j, k).
        affine: (4, 4) to RAS+ mm, of any numbers.

    Returns:
        The grid.

    Raises:
        UserError: The directions span no space, or the image is no volume.
    """
    if sum(count < 2 for count in shape) > 1:
        raise UserError(no_volume(path, shape))
    try:
        with np.errstate(all="ignore"):
            grid = Geometry(shape, affine)
            far = np.abs(affine).max() > FARTHEST_MM
            flat = far or abs(np.linalg.det(grid.directions)) < LEAST_DETERMINANT
    except ValueError:
        flat = True
    if flat:
        raise refused(
            path,
            "its directions and spacings are no grid: they are 0, not finite, or lie in one plane",
            "Correct its header or convert it again.",
        )
    return grid


def unknown_orientation(reason: str) -> ScanWarning:
    """Build the warning of a header that does not say how the image lies in the patient.

    Args:
        reason: A sentence on what is missing and what is assumed.

    Returns:
        The warning.
    """
    return ScanWarning(
        "orientation_unknown",
        f"{reason} Left and right, and every other direction, are a guess.",
    )


def unknown_spacing(reason: str) -> ScanWarning:
    """Build the warning of a header that gives no usable voxel size.

    Args:
        reason: A sentence on what is missing and what is assumed.

    Returns:
        The warning.
    """
    return ScanWarning("spacing_unknown", f"{reason} Distances are not reliable.")
