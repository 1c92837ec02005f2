"""The files that an image was read from, with their digests."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SourceFile:
    """A file as it was read.

    Attributes:
        path: Its location then.
        sha256: The digest of its bytes, in hex.
    """

    path: Path
    sha256: str


@dataclass(frozen=True)
class ScanSource:
    """The files of one image.

    Attributes:
        files: At least one.
        sha256: The identity of the image, see ``source_of``.
        root: The folder that the user gave; exports name the files relative to it.
    """

    files: tuple[SourceFile, ...]
    sha256: str
    root: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The locations of the files when they were read."""
        return tuple(file.path for file in self.files)

    def described(self) -> dict[str, object]:
        """Plain JSON values for exports: the files by name and digest, the image's identity."""
        return {
            "sources": [name_below(self.root, file.path) for file in self.files],
            "sources_sha256": [file.sha256 for file in self.files],
            "source_sha256": self.sha256,
        }


def source_of(files: tuple[SourceFile, ...], part: str, root: Path) -> ScanSource:
    """The source of one image.

    Its identity is the SHA-256 of the file where that holds nothing else; otherwise that of a text
    with the part and, sorted, the digests of the files, a line each: names and order of the files
    change nothing.

    Args:
        files: The files that hold it, at least one.
        part: Which image of the files, as ``part_words`` says it; "" for the only one.
        root: The folder that the user gave.

    Returns:
        The files with the identity of the image.
    """
    if len(files) == 1 and not part:
        return ScanSource(files, files[0].sha256, root)
    lines = [part, *sorted(file.sha256 for file in files)]
    return ScanSource(files, hashlib.sha256("\n".join(lines).encode()).hexdigest(), root)


def part_words(number: int | None, frame: int | None) -> str:
    """A name for one of several images in the same files, for ``source_of``.

    Args:
        number: Its number among the series of the files, None for the only one.
        frame: Its number along the fourth dimension, None without one.

    Returns:
        "series 1, volume 3"; "" for the only image.
    """
    words = [] if number is None else [f"series {number}"]
    return ", ".join(words if frame is None else [*words, f"volume {frame}"])


def name_below(root: Path, path: Path) -> str:
    """A path relative to a folder, for exports.

    Args:
        root: The folder.
        path: A file.

    Returns:
        The relative path with "/"; the file's name alone where it lies elsewhere.
    """
    try:
        return path_without_dots(path).relative_to(path_without_dots(root)).as_posix()
    except ValueError:
        return path.name


def path_without_dots(path: Path) -> Path:
    """An absolute path without "..".

    Args:
        path: Any path.

    Returns:
        The path; its links are followed only where it has a "..".
    """
    return path.resolve() if ".." in path.parts else path.absolute()


def common_folder(paths: Iterable[Path]) -> Path:
    """The innermost folder that holds all of some paths.

    Args:
        paths: At least one; a folder among them holds itself.

    Returns:
        The folder; on two drives of Windows the root of the first.
    """
    absolute = map(path_without_dots, paths)
    folders = [path if path.is_dir() else path.parent for path in absolute]
    common = folders[0]
    for folder in folders[1:]:
        while common not in (folder, *folder.parents):
            if common == common.parent:  # two drives share no folder
                return common
            common = common.parent
    return common
