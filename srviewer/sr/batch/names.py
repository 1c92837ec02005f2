"""Names of results in the folder of a batch: each belongs to one source, and stays with it.

Two kinds of small files hold that: ``names`` the source of a name, by the first process to write
it, and ``given`` the name of a source, by its content and its paths.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeGuard

from srviewer.atomic import write_new, write_text
from srviewer.core.volumes.source_files import ScanSource
from srviewer.documents import MOST_BYTES, check_ordinary, document_of, is_text
from srviewer.errors import UserError
from srviewer.io.export.replacing import WouldReplace, check_replaceable
from srviewer.io.files.content import Stamp, stamp_of
from srviewer.io.sidecars.exported_image import made_from, own_document
from srviewer.io.sidecars.provenance import sidecar
from srviewer.io.targets import TARGETS
from srviewer.job import Job
from srviewer.unwritable import make_folder

LONGEST_NAME = 4096  # characters, with its folders
DIGITS = (8, 16, 32, 64)  # of the source's SHA-256, in a name that would belong to another source


@dataclass(frozen=True)
class Wanted:
    """The name that a result would have.

    Attributes:
        output: Its path below the output folder.
        crowded: Whether an earlier volume of the same batch would have it too.
        naming: The entities that were chosen for it: for each choice a source has another name.
    """

    output: PurePosixPath
    crowded: bool
    naming: str = ""


@dataclass(frozen=True)
class Named:
    """The name of a result.

    Attributes:
        output: Its path below the output folder.
        before: The stamps of image and sidecar that were there; None where there was no file.
    """

    output: PurePosixPath
    before: tuple[Stamp | None, Stamp | None]

    def untouched(self, folder: Path) -> bool:
        """Whether image and sidecar were not written since.

        Args:
            folder: The output folder.

        Returns:
            True where both stamps are the same.
        """
        return _stamps(folder / self.output) == self.before


def output_name(
    folder: Path, state: Path, wanted: Wanted, source: ScanSource, overwrite: bool
) -> Job[Named]:
    """Reserve a name for the result of a source, which no other source gets from then on.

    Args:
        folder: The output folder.
        state: The folder of the batch's records.
        wanted: The name that the result would have.
        source: The files that it is made from.
        overwrite: Take the wanted name also where it belongs to another source, unless the source
            has a name already.

    Returns:
        A job whose result is the name.

    Raises:
        AssertionError: Never, since the numbered names do not end.
    """
    names = _Names(folder, state, source, stem_and_ending(wanted.output)[1], wanted.naming)
    for candidate in _candidates(wanted, names):
        if not _has_folder(folder / candidate):
            continue
        meant = overwrite and candidate == wanted.output
        if meant or (yield from names.take(candidate)):
            names.note(candidate)
            return Named(candidate, _stamps(folder / candidate))
    raise AssertionError("one of the numbered names is free")


def likely_names(
    folder: Path, state: Path, wanted: Wanted, source: ScanSource
) -> tuple[PurePosixPath, ...]:
    """Names that the result of a source may have from an earlier run, the likeliest first.

    Args:
        folder: The output folder.
        state: The folder of the batch's records.
        wanted: The name that the result would have.
        source: The files that it is made from.

    Returns:
        Paths below the output folder.
    """
    ending = stem_and_ending(wanted.output)[1]
    given = _Names(folder, state, source, ending, wanted.naming).given()
    usual = (wanted.output, _suffixed(wanted.output, source.sha256[: DIGITS[0]]))
    return usual if given is None else (given, *usual)


def _candidates(wanted: Wanted, names: "_Names") -> Iterator[PurePosixPath]:
    given = names.given()
    if given is not None:
        yield given
    if not wanted.crowded or names.holds(wanted.output):
        yield wanted.output
    for digits in DIGITS:
        yield _suffixed(wanted.output, names.source.sha256[:digits])
    number = 2
    while True:  # foreign files lie under all of them, or in the place of the folder
        yield _suffixed(PurePosixPath(wanted.output.name), f"{names.source.sha256}-{number}")
        number += 1


def _suffixed(output: PurePosixPath, suffix: str) -> PurePosixPath:
    stem, ending = stem_and_ending(output)
    return output.with_name(f"{stem}-{suffix}{ending}")


def stem_and_ending(output: PurePosixPath) -> tuple[str, str]:
    """Split the name of a result before the ending of its export target.

    Args:
        output: Its path below the output folder.

    Returns:
        (stem, ending); the ending of a folder is "".
    """
    name = output.name
    ending = next((row.ending for row in TARGETS if row.ending and name.endswith(row.ending)), "")
    return name[: len(name) - len(ending)], ending


def _has_folder(image: Path) -> bool:
    """Whether there is a folder for the image, or can be one."""
    nearest = next(path for path in image.parents if os.path.lexists(path))
    return nearest.is_dir()


def _stamps(image: Path) -> tuple[Stamp | None, Stamp | None]:
    return stamp_of(image), stamp_of(sidecar(image))


@dataclass(frozen=True)
class _Names:
    folder: Path
    state: Path
    source: ScanSource
    ending: str  # of the results
    naming: str  # as in Wanted

    def holds(self, output: PurePosixPath) -> bool:
        """Whether the name belongs to the source already, by its claim or by the sidecar there."""
        owner = self._claimed_by(output)
        if owner is None:
            try:
                owner = made_from(own_document(self.folder / output))
            except UserError:
                return False
        return owner == self.source.sha256

    def take(self, output: PurePosixPath) -> Job[bool]:
        """Make the name the source's own; False where it is another's."""
        if self._claimed_by(output) not in (None, self.source.sha256):
            return False
        try:
            yield from check_replaceable(self.folder / output, self.source.sha256)
        except WouldReplace:
            return False
        return self._claim(output)

    def note(self, output: PurePosixPath) -> None:
        """Store for later runs that the name is the source's, whoever had it before."""
        for path, text in (
            (self._claim_file(output), self._words(output)),
            (self._given_file(), json.dumps({"output": output.as_posix()})),
        ):
            if _text(path) != text:
                make_folder(path.parent)
                write_text(path, text)

    def given(self) -> PurePosixPath | None:
        """The name that the source got in an earlier run."""
        output = _read(self._given_file()).get("output")
        return PurePosixPath(output) if _is_output(output, self.ending) else None

    def _claim(self, output: PurePosixPath) -> bool:
        """Claim the name unless another worker does; a damaged claim does not count."""
        path = self._claim_file(output)
        make_folder(path.parent)
        if not write_new(path, self._words(output)) and self._claimed_by(output) is None:
            write_text(path, self._words(output))
        return self._claimed_by(output) == self.source.sha256

    def _words(self, output: PurePosixPath) -> str:
        paths = [str(path) for path in self.source.paths]
        return json.dumps(
            {"output": output.as_posix(), "source_sha256": self.source.sha256, "paths": paths}
        )

    def _claimed_by(self, output: PurePosixPath) -> str | None:
        """The source that the name belongs to; None where nobody claimed it."""
        owner = _read(self._claim_file(output)).get("source_sha256")
        return owner if isinstance(owner, str) else None

    def _claim_file(self, output: PurePosixPath) -> Path:
        return self._file("names", output.as_posix())

    def _given_file(self) -> Path:
        lines = [self.source.sha256, *map(str, self.source.paths)]
        return self._file("given", "\n".join([*lines, self.naming] if self.naming else lines))

    def _file(self, kind: str, key: str) -> Path:
        return self.state / kind / f"{hashlib.sha256(os.fsencode(key)).hexdigest()[:32]}.json"


def _is_output(name: object, ending: str) -> TypeGuard[str]:
    """Whether ``name`` is a result with this ending inside the folder of the batch."""
    if not is_text(name, LONGEST_NAME) or "\0" in str(name):
        return False
    path = PurePosixPath(str(name))
    same = bool(path.name) and stem_and_ending(path)[1] == ending
    return same and not path.is_absolute() and ".." not in path.parts


def _text(path: Path) -> str:
    try:
        check_ordinary(path, MOST_BYTES)
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _read(path: Path) -> dict[str, Any]:
    try:
        values = document_of(_text(path))
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}
