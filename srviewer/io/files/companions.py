"""Files that macOS puts beside others where a disk cannot hold what it knows of them."""

from collections.abc import Sequence
from pathlib import Path

PREFIX = "._"
# How AppleDouble files begin, and AppleSingle files, which are the same with the file inside.
MARKS = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")
COMPANIONS = "companion files of macOS (AppleDouble, ._*)"


def is_companion(path: Path) -> bool:
    """Whether it is one of them: by its name, and by its content, so that no image is lost."""
    if not path.name.startswith(PREFIX):
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(MARKS[0])) in (*MARKS, b"")
    except OSError:
        return False


def without_companions(files: Sequence[Path]) -> tuple[list[Path], int]:
    """The other files, in order, and how many companions there were."""
    others = [file for file in files if not is_companion(file)]
    return others, len(files) - len(others)
