"""Names of results in the folder of a batch: each belongs to one source, and stays with it.

Two kinds of small files say which: ``names`` which source a name belongs to, made by whoever comes
first, and ``given`` which name a source got, by its content and its place.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from srviewer.atomic import write_text
from srviewer.core.source import ScanSource
from srviewer.io.content import Stamp, stamp_of
from srviewer.io.provenance import sidecar
from srviewer.io.replacing import WouldReplace, check_replaceable
from srviewer.job import Job

DIGITS = (8, 16, 32, 64)  # of the source's SHA-256, in a name that would belong to another source


@dataclass(frozen=True)
class Wanted:
    """``output``: the name that a result would have, below the output folder.

    ``crowded``: an earlier volume of the same batch would have it too.
    """

    output: PurePosixPath
    crowded: bool


@dataclass(frozen=True)
class Named:
    """The name that a result has; ``before``: the stamps of image and JSON that lay there."""

    output: PurePosixPath
    before: tuple[Stamp | None, Stamp | None]

    def untouched(self, folder: Path) -> bool:
        """Whether nothing was written there since."""
        return _stamps(folder / self.output) == self.before


def named(
    folder: Path, state: Path, wanted: Wanted, source: ScanSource, overwrite: bool
) -> Job[Named]:
    """The name for the result of ``source``, which no other source gets from now on.

    Args:
        folder: the output folder.
        state: where the batch keeps its records.
        wanted: the name that the result would have.
        source: what it is made from.
        overwrite: take the name also where it belongs to another source.

    """
    names = _Names(folder, state, source)
    if overwrite and not wanted.crowded:
        before = _stamps(folder / wanted.output)
        names.note(wanted.output)
        return Named(wanted.output, before)
    for candidate in _candidates(wanted, names):
        before = _stamps(folder / candidate)
        if (yield from names.take(candidate)):
            names.give(candidate)
            return Named(candidate, before)
    raise AssertionError("a name with all digits of a source belongs to no other")


def given_name(folder: Path, state: Path, source: ScanSource) -> PurePosixPath | None:
    """The name that the result of ``source`` got in an earlier run."""
    return _Names(folder, state, source).given()


def _candidates(wanted: Wanted, names: "_Names") -> Iterator[PurePosixPath]:
    given = names.given()
    if given is not None:
        yield given
    if not wanted.crowded or names.holds(wanted.output):
        yield wanted.output
    for digits in DIGITS:
        yield _suffixed(wanted.output, names.source.sha256[:digits])
    number = 2
    while True:  # foreign files lie under all of them
        yield _suffixed(wanted.output, f"{names.source.sha256}-{number}")
        number += 1


def _suffixed(output: PurePosixPath, suffix: str) -> PurePosixPath:
    return output.with_name(f"{output.name.removesuffix('.nii.gz')}-{suffix}.nii.gz")


def _stamps(image: Path) -> tuple[Stamp | None, Stamp | None]:
    return stamp_of(image), stamp_of(sidecar(image))


@dataclass(frozen=True)
class _Names:
    folder: Path
    state: Path
    source: ScanSource

    def holds(self, output: PurePosixPath) -> bool:
        """Whether the name belongs to the source already."""
        return self._owner(output) == self.source.sha256

    def take(self, output: PurePosixPath) -> Job[bool]:
        """Make the name the source's own; False where it is another's."""
        owner = self._owner(output)
        if owner is not None and owner != self.source.sha256:
            return False
        try:
            yield from check_replaceable(self.folder / output, self.source.sha256)
        except WouldReplace:
            return False
        return owner is not None or self._claim(output)

    def note(self, output: PurePosixPath) -> None:
        """Make the name the source's own, whoever had it before."""
        path = self._file("names", output.as_posix())
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, self._words(output))
        self.give(output)

    def given(self) -> PurePosixPath | None:
        """The name that the source got in an earlier run."""
        output = _read(self._given_file()).get("output")
        return PurePosixPath(output) if isinstance(output, str) else None

    def give(self, output: PurePosixPath) -> None:
        """Keep the name for later runs."""
        if self.given() != output:
            path = self._given_file()
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, json.dumps({"output": output.as_posix()}))

    def _claim(self, output: PurePosixPath) -> bool:
        path = self._file("names", output.as_posix())
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:  # one of several workers makes it
                file.write(self._words(output))
        except FileExistsError:
            return self.holds(output)
        return True

    def _words(self, output: PurePosixPath) -> str:
        paths = [str(path) for path in self.source.paths]
        return json.dumps(
            {"output": output.as_posix(), "source_sha256": self.source.sha256, "paths": paths}
        )

    def _owner(self, output: PurePosixPath) -> str | None:
        """The source that the name belongs to, "" where its file is damaged."""
        path = self._file("names", output.as_posix())
        return str(_read(path).get("source_sha256", "")) if path.exists() else None

    def _given_file(self) -> Path:
        places = "\n".join(str(path) for path in self.source.paths)
        return self._file("given", f"{self.source.sha256}\n{places}")

    def _file(self, kind: str, key: str) -> Path:
        return self.state / kind / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
