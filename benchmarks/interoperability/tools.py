"""The other tools: which exports each reads, and what it says of one."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nibabel as nib
import numpy as np
import SimpleITK as sitk

from benchmarks.interoperability.exports import BIDS, DICOM, IMAGES, MULTI_FRAME, Export
from benchmarks.other_readers import LPS_TO_RAS, Image, of_itk, of_nibabel, verdict
from srviewer.core.geometry.grid import Geometry

NIFTI = frozenset({".nii", ".nii.gz"})
GOOD = "no complaint"


@dataclass(frozen=True)
class Tool:
    """Another program or library.

    Attributes:
        name: Its name.
        version: Gives its version; None where it is not installed.
        reads: The kinds of exports that it reads, of ``Export.kind``.
        check: Gives what it says of an export, in a few words.
    """

    name: str
    version: Callable[[], str | None]
    reads: frozenset[str]
    check: Callable[[Export], str]


def _package(name: str) -> Callable[[], str | None]:
    def found() -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    return found


def _command(name: str, *arguments: str) -> Callable[[], str | None]:
    """The version that a command prints; "installed" where it prints none."""

    def found() -> str | None:
        if shutil.which(name) is None:
            return None
        number = re.search(r"\d+\.\d[\w.~-]*", _said([name, *arguments]))
        return number.group() if number else "installed"

    return found


def _said(command: list[str | Path]) -> str:
    done = subprocess.run(command, capture_output=True, check=False, timeout=600)
    return (done.stdout + done.stderr).decode(errors="replace")


def _nibabel(export: Export) -> str:
    return verdict(export.image, [of_nibabel(nib.load(export.path))])


def _simpleitk(export: Export) -> str:
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    names = str(export.path)
    if export.kind == DICOM:
        names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(names)
    elif export.kind == MULTI_FRAME:
        names = str(_files(export)[0])
    try:
        return verdict(export.image, [of_itk(sitk.ReadImage(names, sitk.sitkFloat32))])
    except RuntimeError as error:
        return f"refuses it: {_last_line(str(error))}"


def _ants(export: Export) -> str:
    ants = importlib.import_module("ants")
    with TemporaryDirectory() as folder:
        try:
            image = ants.image_read(str(export.path))
            # Its own geometry is ITK's, which nibabel reads back from what it writes.
            ants.image_write(image, str(Path(folder) / "again.nii"))
        except (RuntimeError, ValueError) as error:
            return f"refuses it: {_last_line(str(error))}"
        again = nib.load(Path(folder) / "again.nii", mmap=False)
        return verdict(export.image, [of_nibabel(again)])


def _nifti_tool(export: Export) -> str:
    said = _said(["nifti_tool", "-check_hdr", "-infiles", export.path])
    said += _said(["nifti_tool", "-check_nim", "-infiles", export.path])
    wrong = [line for line in said.splitlines() if "** " in line or "FAIL" in line]
    return wrong[0].strip() if wrong else GOOD


def _dcm2niix(export: Export) -> str:
    with TemporaryDirectory() as folder:
        place = export.path if export.path.is_dir() else export.path.parent
        options = ["-b", "n", "-z", "n", "-d", "9", "-f", "%s_%p", "-o", folder]
        said = _said(["dcm2niix", *options, place])
        images = [nib.load(path, mmap=False) for path in sorted(Path(folder).glob("*.nii"))]
        warned = sorted({line.strip() for line in said.splitlines() if "arning" in line})
        found = verdict(export.image, [of_nibabel(image) for image in images])
        return "; ".join([found, *warned])


def _files(export: Export) -> list[Path]:
    return sorted(p for p in export.path.rglob("*") if p.is_file() and p.suffix != ".json")


def _dciodvfy(export: Export) -> str:
    """Errors and warnings of the first file: all files of a series have the same elements."""
    return _counted(_said(["dciodvfy", _files(export)[0]]))


def _dcentvfy(export: Export) -> str:
    return _counted(_said(["dcentvfy", *_files(export)]))


def _counted(said: str) -> str:
    lines = [line for line in said.splitlines() if line.startswith(("Error", "Warning"))]
    return "; ".join(sorted(set(lines))) if lines else GOOD


def _dcmtk(export: Export) -> str:
    """The first file is parsed to its end, and its pixels are decoded."""
    first = _files(export)[0]
    said = _said(["dcmdump", "-q", "+E", first]) if shutil.which("dcmdump") else ""
    wrong = [line for line in said.splitlines() if line.startswith(("E:", "W:", "F:"))]
    with TemporaryDirectory() as folder:
        for program in ("dcmj2pnm", "dcm2pnm"):
            if shutil.which(program):
                made = _said([program, "-q", first, Path(folder) / "image.pgm"])
                wrong += [line for line in made.splitlines() if line.startswith(("E:", "F:"))]
                break
    return wrong[0] if wrong else GOOD


def _highdicom(export: Export) -> str:
    highdicom = importlib.import_module("highdicom")
    pydicom = importlib.import_module("pydicom")
    files = [pydicom.dcmread(path) for path in _files(export)]
    try:
        if export.kind == MULTI_FRAME:
            found = highdicom.Image.from_dataset(files[0]).get_volume()
        else:
            found = highdicom.get_volume_from_series(files)
    except (ValueError, RuntimeError, AttributeError) as error:
        return f"refuses it: {_last_line(str(error))}"
    return verdict(export.image, [_of_highdicom(found)])


def _of_highdicom(volume: Any) -> Image:
    affine = LPS_TO_RAS @ np.asarray(volume.affine, float)
    voxels = np.asarray(volume.array, np.float32)
    return Image(voxels, Geometry(voxels.shape, affine))


def _validator(export: Export) -> str:
    said = _said(["bids-validator-deno", "--format", "json", export.path / "derivatives/srviewer"])
    issues = re.findall(r'"severity":\s*"(error|warning)"', said)
    codes = sorted(set(re.findall(r'"code":\s*"([A-Z_]+)"', said)))
    if not issues:
        return GOOD if '"issues"' in said else _last_line(said)
    return f"{issues.count('error')} errors, {issues.count('warning')} warnings: {', '.join(codes)}"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[-1] if lines else "nothing said")[:120]


# Commands that packages bring lie beside the interpreter.
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))

TOOLS = (
    Tool("nibabel", _package("nibabel"), NIFTI | {".mgz"}, _nibabel),
    Tool("SimpleITK", _package("SimpleITK"), IMAGES - {".mgz"} | {DICOM, MULTI_FRAME}, _simpleitk),
    Tool("ANTs (antspyx)", _package("antspyx"), IMAGES - {".mgz"}, _ants),
    Tool("nifti_tool", _command("nifti_tool", "-ver"), NIFTI, _nifti_tool),
    Tool("dcm2niix", _command("dcm2niix", "-v"), frozenset({DICOM, MULTI_FRAME}), _dcm2niix),
    Tool("dciodvfy", _command("dciodvfy"), frozenset({DICOM, MULTI_FRAME}), _dciodvfy),
    Tool("dcentvfy", _command("dcentvfy"), frozenset({DICOM, MULTI_FRAME}), _dcentvfy),
    Tool("dcmtk", _command("dcmdump", "--version"), frozenset({DICOM, MULTI_FRAME}), _dcmtk),
    Tool("highdicom", _package("highdicom"), frozenset({DICOM, MULTI_FRAME}), _highdicom),
    Tool("BIDS validator", _package("bids-validator-deno"), frozenset({BIDS}), _validator),
)
