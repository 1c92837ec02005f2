"""Compares what srviewer, dcm2niix and SimpleITK read from folders of DICOM, series by series.

``python -m benchmarks.dicom_readers FOLDER [DCM2NIIX]`` prints a table: one row for each series
that srviewer finds in each folder below FOLDER, beside the closest image of the other programs.
DCM2NIIX is its program (the package "dcm2niix" brings one); by default it is looked for among the
commands.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np
import SimpleITK as sitk

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.reorient import closest_axes, corner_distances
from srviewer.core.volumes.volume import Voxels
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

SAME_MM = 0.01  # of every corner
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Image:
    """Voxels (i, j, k) of one volume and where they lie; ``frames``: volumes of its series."""

    voxels: Voxels
    geometry: Geometry
    frames: int


def main(root: Path, converter: str) -> None:
    """Print the table."""
    print("| folder | series | grid | dcm2niix | SimpleITK |")
    print("|---|---|---|---|---|")
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        theirs = (list(_converted(folder, converter)), list(_stacked(folder)))
        try:
            found = run(scan([folder])).series
        except UserError as error:
            print(f"| {folder.name} | {error} | | | |")
            continue
        for series in found:
            ours = _read(series)
            cells = [_verdict(ours, images) for images in theirs] if ours else ["", ""]
            grid = " x ".join(map(str, series.geometry.shape))
            volumes = f", {series.frames} volumes" if series.frames > 1 else ""
            print(f"| {folder.name} | {series.name} | {grid}{volumes} | {' | '.join(cells)} |")


def _read(series: Series) -> Image | None:
    try:
        volume = run(series.read(0))
    except UserError:
        return None
    return Image(volume.voxels, volume.geometry, series.frames)


def _converted(folder: Path, converter: str) -> Iterator[Image]:
    """Every volume that dcm2niix makes of a folder; the first of each series of volumes."""
    with TemporaryDirectory() as out:
        options = ["-b", "n", "-z", "n", "-d", "9", "-f", "%s_%p_%d", "-o", out]
        command = [converter, *options, str(folder)]
        subprocess.run(command, capture_output=True, check=False, timeout=300)
        for path in sorted(Path(out).glob("*.nii")):
            image = nib.load(path, mmap=False)
            if len(image.shape) < 3 or image.get_data_dtype().fields:
                continue
            frames = int(np.prod(image.shape[3:]))
            voxels = np.asarray(image.dataobj, np.float32).reshape(*image.shape[:3], -1)[..., 0]
            yield Image(voxels, Geometry(image.shape[:3], image.affine), frames)


def _stacked(folder: Path) -> Iterator[Image]:
    """Every series that SimpleITK's reader of series finds, folder by folder."""
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    for place in [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]:
        for uid in sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(place)):
            names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(place), uid)
            try:
                image = sitk.ReadImage(names if len(names) > 1 else names[0], sitk.sitkFloat32)
            except RuntimeError:
                continue
            if image.GetDimension() == 3:
                yield _of_itk(image)


def _of_itk(image: sitk.Image) -> Image:
    lps = np.eye(4)
    lps[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    lps[:3, 3] = image.GetOrigin()
    voxels = sitk.GetArrayFromImage(image).transpose(2, 1, 0)
    return Image(voxels, Geometry(image.GetSize(), LPS_TO_RAS @ lps), 1)


def _verdict(ours: Image, images: Sequence[Image]) -> str:
    """How the image that is closest to ours differs from it."""
    if not images:
        return "nothing"
    return min((_compared(ours, image) for image in images), key=lambda verdict: verdict[0])[1]


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


if __name__ == "__main__":
    program = sys.argv[2] if len(sys.argv) > 2 else shutil.which("dcm2niix")
    if program is None:
        sys.exit("There is no dcm2niix among the commands. Give its path, or install it.")
    main(Path(sys.argv[1]), program)
