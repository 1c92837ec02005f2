"""The lines of a text header, and the errors of what they claim."""

from collections.abc import Callable
from math import isfinite
from pathlib import Path, PurePosixPath, PureWindowsPath

from srviewer.errors import UserError
from srviewer.io.files.streams import not_read

LARGEST_HEADER = 4 << 20  # bytes; segment names and gradient tables take some thousands
LARGEST_SIZE = 2**31  # voxels along an axis
MOST_DIMENSIONS = 16


def header_bytes(path: Path) -> bytes:
    """Read the start of a file, in which its header of text must end.

    Args:
        path: The file.

    Returns:
        At most ``LARGEST_HEADER`` bytes.

    Raises:
        Unreadable: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_HEADER)
    except OSError as error:
        raise not_read(path, error) from error


def refused(path: Path, reason: str, advice: str = "Copy or convert it again.") -> UserError:
    """Build the error of an image that cannot be opened.

    Args:
        path: The file of its header.
        reason: A part of a sentence.
        advice: A sentence.

    Returns:
        The error, for the caller to raise.
    """
    return UserError(f"'{path.name}' cannot be opened: {reason}. {advice}")


def numbers(path: Path, field: str, text: str, count: int | None = None) -> list[float]:
    """Read the numbers of a field.

    Args:
        path: The file, for messages.
        field: The name of the field.
        text: Its value, numbers with spaces between.
        count: How many there must be; None for any number.

    Returns:
        The numbers, which may be NaN.

    Raises:
        UserError: There are others, or not as many.
    """
    return _parsed(path, field, text, count, float)


def sizes(path: Path, field: str, text: str, count: int) -> tuple[int, ...]:
    """Read the sizes of an image.

    Args:
        path: The file, for messages.
        field: The name of the field.
        text: Its value.
        count: The number of dimensions.

    Returns:
        Whole numbers from 1 to ``LARGEST_SIZE``.

    Raises:
        UserError: There are others.
    """
    values = [int(value) for value in _parsed(path, field, text, count, int)]
    if not all(1 <= value <= LARGEST_SIZE for value in values):
        raise refused(path, f"its header gives '{_short(text)}' as {field}, which no image has")
    return tuple(values)


def dimensions(path: Path, field: str, text: str) -> int:
    """Read the number of dimensions.

    Args:
        path: The file, for messages.
        field: The name of the field.
        text: Its value.

    Returns:
        2 to ``MOST_DIMENSIONS``.

    Raises:
        UserError: It is another number.
    """
    count = int(_parsed(path, field, text, 1, int)[0])
    if not 2 <= count <= MOST_DIMENSIONS:
        raise refused(path, f"its header says that it has {count} dimensions")
    return count


def _parsed(
    path: Path, field: str, text: str, count: int | None, parse: Callable[[str], float]
) -> list[float]:
    try:
        values = [parse(word) for word in text.split()]
    except ValueError:
        values = []
    if not values or count not in (None, len(values)):
        wanted = "numbers" if count is None else f"{count} numbers"
        raise refused(
            path, f"its header gives '{_short(text)}' as {field}, where {wanted} are expected"
        )
    return values


def all_finite(values: list[float]) -> bool:
    """Whether all numbers are finite.

    Args:
        values: Any numbers.

    Returns:
        False where one is NaN or infinite.
    """
    return all(map(isfinite, values))


def data_file(path: Path, name: str) -> Path:
    """Locate the file of voxels that a header names, inside the folder of the header.

    Args:
        path: The file of the header.
        name: The name as the header gives it.

    Returns:
        The path of a file that exists.

    Raises:
        UserError: The name leads out of the folder, stands for several files, or names none.
    """
    windows, posix = PureWindowsPath(name), PurePosixPath(name.replace("\\", "/"))
    if name.split()[:1] == ["LIST"] or "%" in name:
        raise refused(
            path,
            "its voxels lie in several files",
            "Convert it to one file, as .nrrd, .mha or .nii.gz.",
        )
    rooted = bool(windows.drive or windows.root) or posix.is_absolute()
    if rooted or ".." in posix.parts or "\0" in name or not name:
        raise refused(
            path,
            f"its header says that its voxels are in '{_short(name)}', and only files in the "
            "header's own folder are read",
            "Put both files into one folder and name the file of voxels without its folder.",
        )
    voxels = path.parent / posix
    try:
        is_there = voxels.is_file()
    except OSError:
        is_there = False
    if not is_there:
        raise refused(
            path,
            f"its voxels, '{_short(name)}', are not beside it",
            "Put both files into one folder.",
        )
    return voxels


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:80]}\u2026"
