"""One export of each kind, made by the command line."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.other_readers import Image
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
    """A way to export a result.

    Attributes:
        name: In words.
        kind: As of ``Export``.
        target: The name of the file or folder.
        option: The option of ``srviewer reconstruct`` that takes the target.
        more: Further options.
    """

    name: str
    kind: str
    target: str
    option: str = "-o"
    more: tuple[str, ...] = ()


ENHANCED = ("--dicom-objects", "enhanced")
RLE = ("--dicom-syntax", "rle")
WAYS = (
    Way("NIfTI, float32", ".nii.gz", "float.nii.gz"),
    Way("NIfTI, data type of the scan", ".nii", "stored.nii", more=("--store", "original")),
    Way("NRRD", ".nrrd", "nrrd.nrrd"),
    Way("MetaImage", ".mha", "meta.mha"),
    Way("FreeSurfer MGH", ".mgz", "mgh.mgz"),
    Way("DICOM, classic", DICOM, "classic", "--dicom"),
    Way("DICOM, classic, RLE", DICOM, "rle", "--dicom", RLE),
    Way("DICOM, enhanced", MULTI_FRAME, "enhanced", "--dicom", ENHANCED),
    Way("DICOM, enhanced, RLE", MULTI_FRAME, "enhanced-rle", "--dicom", (*ENHANCED, *RLE)),
    Way("BIDS derivative", BIDS, "data", "--bids", ("--subject", "01", "--contrast", "T1w")),
)


def exports(source: Path, folder: Path) -> Iterator[Export]:
    """Every export of a scan, interpolated, since voxels do not depend on the method.

    Args:
        source: A thick scan.
        folder: An empty folder.

    Yields:
        The exports, in the order of ``WAYS``.
    """
    for way in WAYS:
        target = folder / way.target
        if way.kind == BIDS:
            _data_set(target)
        options = ("--method", "cubic", "--acknowledge", way.option, str(target), *way.more)
        command = [sys.executable, "-m", "srviewer", "reconstruct", str(source), *options]
        subprocess.run(command, check=True, capture_output=True)
        yield Export(way.name, way.kind, target, _image_of(way.kind, target))


def _data_set(folder: Path) -> None:
    """An empty BIDS data set."""
    folder.mkdir()
    description = {"Name": "Thick scans", "BIDSVersion": "1.11.1", "Authors": ["A. B.", "C. D."]}
    (folder / "dataset_description.json").write_text(json.dumps(description))


def _image_of(kind: str, target: Path) -> Image:
    if kind == BIDS:
        target = next(target.rglob("*.nii.gz"))
    volume = run(formats.read(target))
    return Image(volume.voxels, volume.geometry)
