"""One export of each kind, made by the command line."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib

from benchmarks.other_readers import Image, of_nibabel
from srviewer.io import formats
from srviewer.job import run

IMAGES = frozenset({".nii", ".nii.gz", ".nrrd", ".mha", ".mgz"})
DICOM, MULTI_FRAME, BIDS = "DICOM series", "DICOM multi-frame", "BIDS"


@dataclass(frozen=True, eq=False)
class Export:
    """An export.

    Attributes:
        name: In words.
        kind: The end of its name for an image, or ``DICOM``, ``MULTI_FRAME``, ``BIDS``.
        path: The file, or the folder.
        image: Its voxels and grid as srviewer reads them; of a data set the first image.
    """

    name: str
    kind: str
    path: Path
    image: Image


@dataclass(frozen=True)
class Way:
    """A way to export: its name, the kind, its target below a folder, and the arguments."""

    name: str
    kind: str
    target: str
    arguments: Callable[[Path], list[str]]


def _image(end: str, *more: str) -> Callable[[Path], list[str]]:
    return lambda target: ["-o", str(target), *more]


WAYS = (
    Way("NIfTI, float32", ".nii.gz", "float.nii.gz", _image(".nii.gz")),
    Way("NIfTI, as stored", ".nii", "stored.nii", _image(".nii", "--store", "original")),
    Way("NRRD", ".nrrd", "result.nrrd", _image(".nrrd")),
    Way("MetaImage", ".mha", "result.mha", _image(".mha")),
    Way("MGH", ".mgz", "result.mgz", _image(".mgz")),
    Way("DICOM", DICOM, "dicom", lambda target: ["--dicom", str(target)]),
)


def exports(source: Path, folder: Path) -> Iterator[Export]:
    """Every export of a scan.

    Args:
        source: A thick scan.
        folder: An empty folder.

    Yields:
        The exports, in the order of ``WAYS``.
    """
    for way in WAYS:
        target = folder / way.target
        arguments = [
            "reconstruct",
            str(source),
            *way.arguments(target),
            "--acknowledge",
            "--method",
            "cubic",
        ]
        subprocess.run(
            [sys.executable, "-m", "srviewer", *arguments], check=True, stdout=subprocess.DEVNULL
        )
        yield Export(way.name, way.kind, target, _image_of(way.kind, target))


def _image_of(kind: str, target: Path) -> Image:
    if kind == BIDS:
        target = next(target.rglob("*.nii.gz"))
    if kind in (".nii", ".nii.gz"):
        return of_nibabel(nib.load(target))
    volume = run(formats.read(target))
    return Image(volume.voxels, volume.geometry)
