"""The fields of a session file, each checked for its type and range as it is taken."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from srviewer.core.planes import Plane
from srviewer.core.roi import KINDS, Roi
from srviewer.documents import LARGEST_NUMBER, is_text

LONGEST_TEXT = 10_000  # characters
MOST_ENTRIES = 100_000


@dataclass(frozen=True)
class Place:
    """Where a file lies: its own path, and where it lay as seen from the session file.

    A folder that is moved as a whole keeps the second, one that is opened from elsewhere the
    first. ``relative`` is already joined to the folder of the session file. ``sha256``: of the
    file's bytes, in hex; None where it is not known, as in files of version 0.1.0.
    """

    absolute: Path
    relative: Path | None = None
    sha256: str | None = None

    def find(self) -> Path | None:
        """The path that exists, the one beside the session file first; None when neither does."""
        return next(iter(self.candidates()), None)

    def candidates(self) -> tuple[Path, ...]:
        """The paths that exist, the one beside the session file first, each once."""
        # "a/../b" is how the relative one was made, whatever links lie on the way.
        both = [Path(os.path.normpath(p)) for p in (self.relative, self.absolute) if p is not None]
        return tuple(dict.fromkeys(path for path in both if _exists(path)))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file system takes
        return False


@dataclass(frozen=True)
class Fields:
    """A JSON object; ``where``: how messages call it. Every method raises ValueError."""

    values: Mapping[str, Any]
    where: str

    def text(self, name: str) -> str:
        """Text of a sensible length."""
        value = self._value(name)
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise self._wrong(name, "text")
        # A file's name may hold bytes that are no UTF-8; other halves of pairs are no text, and
        # their error is a ValueError.
        value.encode("utf-8", "surrogateescape")
        return value

    def file(self, name: str) -> Path:
        """The path of a file, whose name may hold bytes that are no UTF-8."""
        value = self._value(name)
        if not _is_path(value):
            raise self._wrong(name, "a file")
        return Path(value)

    def files(self, name: str) -> tuple[Path, ...]:
        """A list of paths."""
        value = self._value(name)
        fits = isinstance(value, list) and len(value) <= MOST_ENTRIES
        if not fits or not all(map(_is_path, value)):
            raise self._wrong(name, "a list of files")
        return tuple(map(Path, value))

    def text_or_none(self, name: str) -> str | None:
        """Text or null."""
        return None if self._value(name) is None else self.text(name)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._value(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def whole(self, name: str) -> int:
        """A whole number from 0."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
            raise self._wrong(name, "a whole number from 0")
        return value

    def number(self, name: str) -> float:
        """One number."""
        return _number(self._value(name), f"'{name}' in {self.where}")

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        """A list of so many numbers."""
        value = self._value(name)
        if not isinstance(value, list) or len(value) != count:
            raise self._wrong(name, f"{count} numbers")
        return tuple(_number(one, f"'{name}' in {self.where}") for one in value)

    def point(self, name: str) -> tuple[float, float, float]:
        """A RAS+ point in mm."""
        x, y, z = self.numbers(name, 3)
        return x, y, z

    def point_or_none(self, name: str) -> tuple[float, float, float] | None:
        """A RAS+ point in mm, or null."""
        return None if self._value(name) is None else self.point(name)

    def has(self, name: str) -> bool:
        """Whether it is there: earlier versions knew fewer fields."""
        return name in self.values

    def inner(self, name: str) -> "Fields":
        """An object."""
        return fields_of(self._value(name), f"'{name}'")

    def optional(self, name: str) -> "Fields | None":
        """An object or null."""
        return None if self._value(name) is None else self.inner(name)

    def several(self, name: str) -> tuple["Fields", ...]:
        """A list of objects."""
        value = self._value(name)
        if not isinstance(value, list) or len(value) > MOST_ENTRIES:
            raise self._wrong(name, "a list")
        return tuple(fields_of(one, f"'{name}'") for one in value)

    def place(self, name: str, folder: Path) -> Place:
        """A file, relative to ``folder`` too."""
        return self.inner(name).as_place(folder)

    def named_places(self, folder: Path) -> dict[str, Place]:
        """This object's fields, each a file."""
        return {name: self.place(name, folder) for name in self.values}

    def places(self, name: str, folder: Path) -> tuple[Place, ...]:
        """A list of files."""
        return tuple(one.as_place(folder) for one in self.several(name))

    def as_place(self, folder: Path) -> Place:
        """This object as a file."""
        absolute, relative = Path(self.text("absolute")), self.text_or_none("relative")
        if not absolute.is_absolute():
            raise self._wrong("absolute", "a path from the root")
        sha256 = self.text_or_none("sha256") if self.has("sha256") else None
        return Place(absolute, None if relative is None else folder / relative, sha256)

    def roi(self) -> Roi:
        """This object as a measurement."""
        kind = self.text("kind")
        if kind not in KINDS:
            raise self._wrong("kind", "a kind of measurement")
        points = self._value("points_mm")
        if not isinstance(points, list) or len(points) > len(KINDS):
            raise self._wrong("points_mm", "a list of points")
        return Roi(
            kind=kind,
            plane=Plane[self.text("plane").upper()],
            points_mm=tuple(_point(one) for one in points),
            name=self.text("name"),
        )

    def _value(self, name: str) -> Any:
        if name not in self.values:
            raise ValueError(f"'{name}' is missing from {self.where}")
        return self.values[name]

    def _wrong(self, name: str, expected: str) -> ValueError:
        return ValueError(f"'{name}' in {self.where} is not {expected}")


def _is_path(value: object) -> bool:
    return is_text(value, LONGEST_TEXT) and bool(value) and "\0" not in cast(str, value)


def fields_of(value: Any, where: str) -> Fields:
    """``value`` as an object; ValueError when it is something else."""
    if not isinstance(value, dict):
        raise ValueError(f"{where} is no JSON object")
    return Fields(cast("dict[str, Any]", value), where)


def place_document(place: Place, folder: Path) -> dict[str, str | None]:
    """A file as JSON; relative to ``folder`` where it lies on the same drive."""
    try:
        relative: str | None = Path(os.path.relpath(place.absolute, folder)).as_posix()
    except ValueError:  # another drive of Windows
        relative = None
    document = {"absolute": str(place.absolute), "relative": relative}
    return document if place.sha256 is None else {**document, "sha256": place.sha256}


def roi_document(roi: Roi) -> dict[str, object]:
    """A measurement as JSON."""
    return {
        "kind": roi.kind,
        "plane": roi.plane.name.lower(),
        "points_mm": roi.points_mm,
        "name": roi.name,
    }


def _point(value: Any) -> tuple[float, float, float]:
    x, y, z = Fields({"point": value}, "'points_mm'").numbers("point", 3)
    return x, y, z


def _number(value: Any, what: str) -> float:
    fine = isinstance(value, int | float) and not isinstance(value, bool)
    if not fine or not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise ValueError(f"{what} is no number that is expected there")
    return float(value)
