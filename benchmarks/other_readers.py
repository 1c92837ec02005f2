"""Images as other programs read them, and how they differ from ours."""

from collections.abc import Sequence
from dataclasses import dataclass

import nibabel as nib
import numpy as np
import SimpleITK as sitk

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.reorient import closest_axes, corner_distances
from srviewer.core.volumes.volume import Voxels

SAME_MM = 0.01  # of every corner
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Image:
    """Voxels (i, j, k) of one volume and where they lie; ``frames``: volumes of its series."""

    voxels: Voxels
    geometry: Geometry
    frames: int = 1


def of_nibabel(image: nib.spatialimages.SpatialImage) -> Image:
    """An image that nibabel loaded; the first of several volumes."""
    frames = int(np.prod(image.shape[3:]))
    voxels = np.asarray(image.dataobj, np.float32).reshape(*image.shape[:3], -1)[..., 0]
    return Image(voxels, Geometry(image.shape[:3], image.affine), frames)


def of_itk(image: sitk.Image) -> Image:
    """A three-dimensional image of SimpleITK, which counts to the left and to the back."""
    lps = np.eye(4)
    lps[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    lps[:3, 3] = image.GetOrigin()
    voxels = sitk.GetArrayFromImage(image).transpose(2, 1, 0)
    return Image(voxels, Geometry(image.GetSize(), LPS_TO_RAS @ lps))


def verdict(ours: Image, images: Sequence[Image]) -> str:
    """How the image that is closest to ours differs from it."""
    if not images:
        return "nothing"
    return min((_compared(ours, image) for image in images), key=lambda found: found[0])[1]


def _compared(ours: Image, image: Image) -> tuple[tuple[float, float], str]:
    """A rank, the least for what is closest, and the words for it."""
    axes = closest_axes(image.geometry, ours.geometry)
    grid = axes.grid(image.geometry)
    if grid.shape != ours.geometry.shape:
        missing = abs(float(np.prod(grid.shape)) / float(np.prod(ours.geometry.shape)) - 1)
        shape = " x ".join(map(str, grid.shape))
        return (3.0, missing), f"no such image; the closest has {shape} voxels"
    moved = float(corner_distances(grid, ours.geometry).max())
    theirs = axes.view(image.voxels)
    error = float(np.abs(theirs - ours.voxels).mean())
    values = _values(theirs, ours.voxels)
    frames = "" if image.frames == ours.frames else f", {image.frames} volumes"
    if moved <= SAME_MM:
        return (0.0 if error == 0 else 1.0, error), f"same grid, {values}{frames}"
    said = grid_difference(image.geometry, ours.geometry) or f"corners {moved:.3f} mm away"
    return (2.0, error), f"{said}; {values}{frames}"


def _values(theirs: Voxels, ours: Voxels) -> str:
    """How values differ, in words: another scale is no other image."""
    most = float(np.abs(theirs - ours).max())
    spread = float(theirs.max() - theirs.min()) or 1.0
    if most <= 1e-6 * spread:
        return "equal values" if most == 0 else "equal values but for rounding"
    slope, intercept = np.polyfit(ours.ravel().astype(float), theirs.ravel().astype(float), 1)
    if np.abs(slope * ours + intercept - theirs).max() <= 1e-4 * spread:
        return f"values times {slope:.5g}" + (f" plus {intercept:.5g}" if intercept > 0.01 else "")
    return f"values differ by up to {most:.4g}"
