"""Names of NIfTI, Analyze and FreeSurfer images, and the two files of a pair by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NIFTI_SUFFIXES = (".nii", ".nii.gz", ".nii.bz2")
MGH_SUFFIXES = (".mgz", ".mgh")
HEADERS = (".hdr", ".hdr.gz")
VOXELS = (".img", ".img.gz")
PAIR_SUFFIXES = (*HEADERS, *VOXELS)
ENDING = re.compile(
    r"(\.(nii|hdr|img|mgh|mgz|nrrd|nhdr|mha|mhd|head|brik|mnc))?(\.gz|\.bz2)?$", re.IGNORECASE
)
DICOM_MARK, DICOM_MARK_AT = b"DICM", 128


@dataclass(frozen=True)
class ImageFiles:
    """The files of one image; header and voxels are the same file unless it is a pair.

    Attributes:
        header: The file of the header.
        voxels: The file of the voxels.
    """

    header: Path
    voxels: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, each once."""
        return (self.header,) if self.header == self.voxels else (self.header, self.voxels)


def is_pair_name(path: Path) -> bool:
    """Whether the name is that of one file of a pair.

    Args:
        path: The file.

    Returns:
        True for .hdr and .img, compressed or not.
    """
    return path.name.lower().endswith(PAIR_SUFFIXES)


def is_pair_part(path: Path) -> bool:
    """Whether a file is one of a pair by its name, and no DICOM file, which may be named .img.

    Args:
        path: The file, of which the start is read.

    Returns:
        True also where it cannot be read.
    """
    if not is_pair_name(path):
        return False
    try:
        with path.open("rb") as file:
            start = file.read(DICOM_MARK_AT + len(DICOM_MARK))
    except OSError:
        return True
    return start[DICOM_MARK_AT:] != DICOM_MARK


def image_stem(path: Path) -> str:
    """The file's name without its ending.

    Args:
        path: The file.

    Returns:
        The name without the ending of its format, .gz and .bz2.
    """
    return ENDING.sub("", path.name, count=1)


def paired_file(path: Path) -> Path | None:
    """Look for the other file of a pair.

    Args:
        path: Either file of the pair.

    Returns:
        The other file, compressed as ``path`` is where there are two; None where there is none.
    """
    name = path.name.lower()
    suffixes = VOXELS if name.endswith(HEADERS) else HEADERS
    packed, capitals = name.endswith(".gz"), path.suffix.isupper()
    for suffix in sorted(suffixes, key=lambda ending: ending.endswith(".gz") != packed):
        # In the capitals of ``path`` first: some file systems ignore case.
        for spelling in sorted(
            (suffix, suffix.upper()), key=lambda ending: ending.isupper() != capitals
        ):
            other = path.with_name(image_stem(path) + spelling)
            if other.is_file():
                return other
    return None


@dataclass(frozen=True)
class NamedImages:
    """Images by the names of their files.

    Attributes:
        images: Each image once.
        alone: Files of pairs whose other file does not exist.
        spare: Of two voxel files of one header ("a.img", "a.img.gz"), the one that is not
            compressed as the header is; it is not opened.
    """

    images: tuple[ImageFiles, ...]
    alone: tuple[Path, ...]
    spare: tuple[Path, ...]


def images_of(files: Sequence[Path]) -> NamedImages:
    """Group files to images; of a pair, either file is enough.

    Args:
        files: Files by whose names pairs are recognised.

    Returns:
        The images in the order of their files.
    """
    images: dict[Path, ImageFiles] = {}
    alone: list[Path] = []
    for file in files:
        if not is_pair_name(file):
            images[file] = ImageFiles(file, file)
            continue
        other = paired_file(file)
        if other is None:
            alone.append(file)
            continue
        header = file if file.name.lower().endswith(HEADERS) else other
        voxels = paired_file(header)
        assert voxels is not None  # ``file`` itself, if there is no other
        images.setdefault(header, ImageFiles(header, voxels))
    used = {path for image in images.values() for path in image.paths}
    spare = tuple(file for file in files if file not in used and file not in alone)
    return NamedImages(tuple(images.values()), tuple(alone), spare)
