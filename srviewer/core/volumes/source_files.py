"""The files that an image was read from, known by their content."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SourceFile:
    """One file as it was read: its ``path`` then, and the ``sha256`` of its bytes, in hex."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class ScanSource:
    """The files of one image.

    ``files``: at least one. ``sha256``: the identity of the image, see ``source_of``. ``root``: the
    folder that the user gave; exports name the files relative to it.
    """

    files: tuple[SourceFile, ...]
    sha256: str
    root: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the files lay when they were read."""
        return tuple(file.path for file in self.files)

    def described(self) -> dict[str, object]:
        """Plain JSON values for exports: the files by name and content, the image's identity."""
        return {
            "sources": [name_below(self.root, file.path) for file in self.files],
            "sources_sha256": [file.sha256 for file in self.files],
            "source_sha256": self.sha256,
        }


def source_of(files: tuple[SourceFile, ...], part: str, root: Path) -> ScanSource:
    """The source of one image of ``files``; ``part``: which image, "" for the only one.

    Its identity is the SHA-256 of the file where that holds nothing else; otherwise that of a text
    with the part and, sorted, the digests of the files, a line each: names and order of the files
    change nothing.
    """
    if len(files) == 1 and not part:
        return ScanSource(files, files[0].sha256, root)
    lines = [part, *sorted(file.sha256 for file in files)]
    return ScanSource(files, hashlib.sha256("\n".join(lines).encode()).hexdigest(), root)


def part_words(place: int | None, frame: int | None) -> str:
    """Which image of its files one is, for ``source_of``.

    ``place``: among the series of the same files, None for the only one. ``frame``: along the
    fourth dimension, None without one.
    """
    words = [] if place is None else [f"series {place}"]
    return ", ".join(words if frame is None else [*words, f"volume {frame}"])


def name_below(root: Path, path: Path) -> str:
    """``path`` relative to ``root``, with "/"; its last part alone where it lies elsewhere."""
    try:
        return path_without_dots(path).relative_to(path_without_dots(root)).as_posix()
    except ValueError:
        return path.name


def path_without_dots(path: Path) -> Path:
    """``path`` from the root on, without ".."; its links are kept where it has none."""
    return path.resolve() if ".." in path.parts else path.absolute()


def common_folder(paths: Iterable[Path]) -> Path:
    """The innermost folder that holds all of ``paths``; a folder among them holds itself."""
    whole = map(path_without_dots, paths)
    folders = [path if path.is_dir() else path.parent for path in whole]
    shared = folders[0]
    for folder in folders[1:]:
        while shared not in (folder, *folder.parents):
            if shared == shared.parent:  # two drives share no folder
                return shared
            shared = shared.parent
    return shared
