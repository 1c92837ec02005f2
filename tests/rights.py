"""The rights of files, for the tests of what nobody else may read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def open_to_others(root: Path) -> list[Path]:
    """Everything below ``root``, and itself, that the group or anybody else has a right to."""
    return [path for path in (root, *root.rglob("*")) if rights(path) & 0o077]


def wide(path: Path, text: str) -> Path:
    """A file with every right for everybody, in folders of the same kind up to ``srviewer``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o666)
    for folder in path.parents:
        folder.chmod(0o777)
        if folder.name == "srviewer":
            break
    return path


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
