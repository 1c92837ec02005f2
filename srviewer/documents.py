"""JSON of untrusted files: read only where ordinary and small enough, with its values checked."""

import errno
import json
import stat
from pathlib import Path
from typing import Any, TypeGuard

MOST_BYTES = 16 * 2**20
MOST_DEPTH = 32  # of lists and objects inside each other; ours have six
MOST_DIGITS = 20  # of a whole number
LARGEST_NUMBER = 1e30  # neither mm, seconds nor grey levels come near it


def check_ordinary(path: Path, most_bytes: int) -> None:
    """Refuse what is no regular file, or too large, before it is opened.

    A pipe would keep whoever opens it waiting.

    Args:
        path: The file.
        most_bytes: The largest size that is accepted.

    Raises:
        OSError: It is missing, no regular file, or larger.
        IsADirectoryError: It is a folder.
        ValueError: No file can have such a name.
    """
    state = path.stat()
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not stat.S_ISREG(state.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file")
    if state.st_size > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes:,} bytes")


def read_document(path: Path, most_bytes: int = MOST_BYTES, strict: bool = True) -> Any:
    """Read the JSON value in a file.

    Args:
        path: The file.
        most_bytes: The largest size that is accepted.
        strict: As in ``document_of``.

    Returns:
        The value, of Python's types for JSON.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no JSON; the message is the reason.
    """
    check_ordinary(path, most_bytes)
    with path.open("rb") as file:
        return document_of(file.read(most_bytes), strict)


def document_of(content: bytes | str, strict: bool = True) -> Any:
    """Parse a JSON value; lists and objects are never nested deeper than ``MOST_DEPTH``.

    Args:
        content: JSON, as text or in UTF-8 with or without a byte order mark.
        strict: Numbers must be finite and whole ones have at most ``MOST_DIGITS`` digits, and texts
            must have an encoding.

    Returns:
        The value, of Python's types for JSON.

    Raises:
        ValueError: It is no such JSON; the message is the reason.
    """
    if not content:
        raise ValueError("it is empty")
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        value = json.loads(text, parse_int=_whole if strict else None)
        check_depth(value)
        if strict:
            _check_values(value)
    except UnicodeDecodeError as error:
        raise ValueError("it is no text in UTF-8") from error
    except RecursionError as error:
        raise _too_deep() from error
    return value


def check_depth(value: Any) -> None:
    """Refuse lists and objects that are nested deeper than ``MOST_DEPTH``.

    Args:
        value: A value of JSON.

    Raises:
        ValueError: It is nested too deeply.
    """
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise _too_deep()


def is_text(value: object, longest: int) -> bool:
    """Whether a value is text that is short enough and can be written.

    Args:
        value: A value of JSON.
        longest: The most characters.

    Returns:
        False as well for half surrogates, unless they stand for the bytes of a file name that are
        no UTF-8, as Python reads them.
    """
    if not isinstance(value, str) or len(value) > longest:
        return False
    try:
        value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number with a magnitude of at most ``LARGEST_NUMBER``.

    Args:
        value: A value of JSON.

    Returns:
        False as well for true and false, which Python counts as numbers.
    """
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return fits and -LARGEST_NUMBER <= value <= LARGEST_NUMBER  # type: ignore[operator]


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"it has a number of {len(digits)} digits")
    return int(digits)


def _check_values(value: Any) -> None:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise ValueError("a number in it is not finite") from error
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise ValueError("a text in it has half a character") from error


def _too_deep() -> ValueError:
    return ValueError("its values are nested too deeply")
