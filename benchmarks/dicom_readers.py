"""Compares what srviewer, dcm2niix and SimpleITK read from folders of DICOM, series by series.

``python -m benchmarks.dicom_readers FOLDER [DCM2NIIX]`` prints a table: one row for each series
that srviewer finds in each folder below FOLDER, beside the closest image of the other programs.
DCM2NIIX is its program (the package "dcm2niix" brings one); by default it is looked for among the
commands.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import SimpleITK as sitk

from benchmarks.other_readers import Image, of_itk, of_nibabel, verdict
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run


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
            cells = [verdict(ours, images) for images in theirs] if ours else ["", ""]
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
            yield of_nibabel(image)


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
                yield of_itk(image)


if __name__ == "__main__":
    program = sys.argv[2] if len(sys.argv) > 2 else shutil.which("dcm2niix")
    if program is None:
        sys.exit("There is no dcm2niix among the commands. Give its path, or install it.")
    main(Path(sys.argv[1]), program)
