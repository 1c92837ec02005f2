"""The volumes that every library is given: a thin one, its thick scan, and a ramp."""

import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import numpy.typing as npt

from benchmarks.pieces import middle_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.formats import read
from srviewer.job import run

THICK = 2
FACTOR = 4
RAMP_BASE = 100.0  # so that 0 is a slice without a value
PHANTOMS = Path(__file__).resolve().parents[2] / "tests" / "phantoms.py"
PHANTOM_SHAPE = (80, 96, 72)


@dataclass(frozen=True)
class Image:
    """Voxels (i, j, k) float32 and the (4, 4) affine of their header; None where there is none."""

    voxels: Voxels
    affine: npt.NDArray[np.float64] | None

    def nifti(self) -> nib.Nifti1Image:
        """The image for libraries that take nibabel's."""
        return nib.Nifti1Image(self.voxels, self.affine)


@dataclass(frozen=True)
class Subject:
    """A thin volume, and its slices along k made ``FACTOR`` times as thick (box profile).

    The affines of both have axes along the world's: i to the right, j to the front, k upwards.
    """

    name: str
    truth: Image
    scan: Image

    def position(self, affine: npt.NDArray[np.float64], k: float) -> float:
        """Millimetres along k from the first slice of the truth to slice ``k`` of a grid."""
        assert self.truth.affine is not None
        return float(affine[2, 3] + k * affine[2, 2] - self.truth.affine[2, 3])


def phantom(shape: tuple[int, int, int] = PHANTOM_SHAPE) -> Subject:
    """The head of the tests, of 1 mm."""
    return subject(runpy.run_path(str(PHANTOMS))["head"](shape))


def files(paths: list[Path], side: int) -> Iterator[Subject]:
    """Each file; only its middle ``side`` voxels along each axis, 0 for all."""
    for path in paths:
        yield subject(middle_of(run(read(path)), side))


def subject(thin: Volume) -> Subject:
    """A thin volume, cropped to whole thick slices, and its thick scan."""
    count = thin.voxels.shape[THICK] // FACTOR * FACTOR
    cropped = np.ascontiguousarray(thin.voxels[:, :, :count])
    scan = Degradation(THICK, FACTOR).apply(cropped)
    spacing = thin.geometry.spacing
    upright = np.diag([*spacing, 1.0])
    upright[:3, 3] = (-17.0, 5.5, 31.25)  # anything but 0
    thick = upright.copy()
    thick[2, 2] *= FACTOR
    thick[2, 3] += (FACTOR - 1) / 2 * spacing[THICK]
    name = thin.name.split(".")[0]
    return Subject(name, Image(cropped, upright), Image(scan, thick))


def ramp(like: Subject) -> Subject:
    """The same grids with each voxel's value its own position along k, in mm, plus ``RAMP_BASE``.

    A library that shows another value at a position has moved the anatomy by the difference.
    """
    images = []
    for image in (like.truth, like.scan):
        assert image.affine is not None
        count = image.voxels.shape[THICK]
        heights = [RAMP_BASE + like.position(image.affine, k) for k in range(count)]
        voxels = np.broadcast_to(np.array(heights, np.float32), (24, 24, count))
        images.append(Image(np.ascontiguousarray(voxels), image.affine))
    return Subject("ramp", images[0], images[1])
