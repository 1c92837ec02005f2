"""AppleDouble files, which macOS puts beside others on disks without extended attributes."""

from collections.abc import Sequence
from pathlib import Path

PREFIX = "._"
# The start of AppleDouble files, and of AppleSingle files, which hold the file itself as well.
MARKS = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")
COMPANIONS = "companion files of macOS (AppleDouble, ._*)"


def is_companion(path: Path) -> bool:
    """Whether a file is an AppleDouble file, by its name and its content, so that no image is lost.

    Args:
        path: The file.

    Returns:
        False also where it cannot be read.
    """
    if not path.name.startswith(PREFIX):
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(MARKS[0])) in (*MARKS, b"")
    except OSError:
        return False


def without_companions(files: Sequence[Path]) -> tuple[list[Path], int]:
    """Separate files from AppleDouble files.

    Args:
        files: Files of any kind.

    Returns:
        The other files in order, and the number of AppleDouble files.
    """
    others = [file for file in files if not is_companion(file)]
    return others, len(files) - len(others)
