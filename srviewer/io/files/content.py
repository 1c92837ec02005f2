"""Files identified by their content: digests, and series read only while it is unchanged."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from srviewer.core.counted import counted
from srviewer.core.volumes.source_files import ScanSource, SourceFile, part_words, source_of
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.io.files.streams import not_read
from srviewer.io.scans.series import PlaneByPlane, ScanListing, Series
from srviewer.job import Job, Progress, beside, within

PIECE = 4 << 20  # bytes read at a time
MOST_KNOWN = 100_000  # digests that are kept for as long as the program runs

# Inode, size, and the times of the last change of the content and of anything else, in ns.
Stamp: TypeAlias = tuple[int, int, int, int]
Stamps: TypeAlias = Mapping[Path, Stamp | None]

_known: dict[tuple[Path, Stamp], str] = {}


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file, which differs once the file is written to or replaced.

    Args:
        path: The file.

    Returns:
        Inode, size and times of change; None where the file is gone.
    """
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def stamped(paths: Sequence[Path]) -> Job[Stamps]:
    """Take the stamps of files.

    Args:
        paths: The files.

    Returns:
        The stamp of each file.
    """
    stamps: dict[Path, Stamp | None] = {}
    for number, path in enumerate(paths):
        stamps[path] = stamp_of(path)
        if number % 256 == 0:
            yield Progress(number / len(paths), f"Looking at {counted(len(paths), 'file')}")
    return stamps


def digest(path: Path) -> Job[str]:
    """Compute the digest of a file.

    A file that was not changed since the last call is not read again.

    Args:
        path: The file.

    Returns:
        SHA-256 of its bytes, in hex.

    Raises:
        Unreadable: The file cannot be read.
    """
    stamp = stamp_of(path)
    if stamp is not None and (path, stamp) in _known:
        yield Progress(1.0, f"Reading {path.name}")
        return _known[path, stamp]
    sha = hashlib.sha256()
    try:
        with path.open("rb") as file:
            size, done = max(path.stat().st_size, 1), 0
            while piece := file.read(PIECE):
                sha.update(piece)
                done += len(piece)
                yield Progress(min(done / size, 1.0), f"Reading {path.name}")
    except OSError as error:
        raise not_read(path, error) from error
    if stamp is not None and stamp_of(path) == stamp:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[path, stamp] = sha.hexdigest()
    return sha.hexdigest()


def digests(paths: Sequence[Path]) -> Job[tuple[SourceFile, ...]]:
    """Compute the digests of files.

    Args:
        paths: The files.

    Returns:
        The files with their digests, in order.
    """
    files: list[SourceFile] = []
    for number, path in enumerate(paths):
        span = number / len(paths), (number + 1) / len(paths)
        files.append(SourceFile(path, (yield from within(digest(path), *span))))
    return tuple(files)


def known_by_content(listing: ScanListing, stamps: Stamps, root: Path) -> ScanListing:
    """Bind series to the content of their files, so that each is read only while it is unchanged.

    Their volumes carry their ``source``. A file that was replaced or changed meanwhile is a
    UserError, since another person's scan may lie on the same grid.

    Args:
        listing: The series of the files.
        stamps: The stamp of every file, from before its header was read.
        root: The folder that the user opened.

    Returns:
        The same listing with such series.
    """
    # The numbers of scans do not depend on images that can only be viewed.
    scans = _numbered(listing.series)
    images = _numbered(listing.every_series)[len(scans) :]
    return replace(
        listing,
        series=tuple(_Steady(entry, n, stamps, root).series() for entry, n in scans),
        view_only=tuple(_Steady(entry, n, stamps, root).series() for entry, n in images),
    )


def _numbered(every: Sequence[Series]) -> list[tuple[Series, int | None]]:
    """Each series with its number among those of the same files, None for the only one."""
    by_files: dict[tuple[Path, ...], list[Series]] = {}
    for series in every:
        by_files.setdefault(series.sources, []).append(series)
    numbered: list[tuple[Series, int | None]] = []
    for series in every:
        same = by_files[series.sources]
        number = None if len(same) == 1 else [member is series for member in same].index(True)
        numbered.append((series, number))
    return numbered


@dataclass(frozen=True, eq=False)
class _Steady:
    """A series that can be read only while its files are unchanged.

    ``number``: its number among the series of the same files, None for the only one.
    """

    plain: Series
    number: int | None
    stamps: Stamps
    root: Path

    def series(self) -> Series:
        """The series, read through this object."""
        stream = None if self.plain.stream is None else self.stream
        preview = None if self.plain.preview is None else self.preview
        segments = self.plain.segments and replace(self.plain.segments, read=self.read_segments)
        return replace(
            self.plain,
            read=self.read,
            stream=stream,
            identify=self.identify,
            preview=preview,
            segments=segments,
        )

    def check(self, removed: bool = False) -> None:
        """Check that no file was replaced or changed.

        Args:
            removed: Whether files may be gone.

        Raises:
            UserError: A file has another stamp.
        """
        for path in self.plain.sources:
            stamp = stamp_of(path)
            if stamp == self.stamps.get(path) or (removed and stamp is None):
                continue
            try:
                path.open("rb").close()
            except OSError as error:
                raise not_read(path, error) from error
            raise UserError(
                f"'{path.name}' has changed since it was looked at, so it may be another scan by "
                "now. Open it again."
            )

    def identify(self, frame: int) -> Job[ScanSource]:
        """Take the source of a volume, as ``Series.identify``."""
        part = part_words(self.number, None if self.plain.frames == 1 else frame)
        self.check()
        files = yield from digests(self.plain.sources)
        self.check()
        return source_of(files, part, self.root)

    def read(self, frame: int) -> Job[Volume]:
        """Read a volume, as ``Series.read``."""
        source, volume = yield from beside(self.identify(frame), self.plain.read(frame))
        self.check(removed=True)
        return replace(volume, source=source)

    def read_segments(self, wanted: Sequence[int]) -> Job[tuple[Volume, ...]]:
        """Read some segments, as ``Segments.read``."""
        assert self.plain.segments is not None
        source, volumes = yield from beside(self.identify(0), self.plain.segments.read(wanted))
        self.check(removed=True)
        return tuple(replace(volume, source=source) for volume in volumes)

    def preview(self) -> Job[Volume]:
        """Read one slice, as ``Series.preview``."""
        assert self.plain.preview is not None
        self.check()
        image = yield from self.plain.preview()
        self.check(removed=True)
        return image

    def stream(self, frame: int) -> PlaneByPlane:
        """Open a volume plane by plane, as ``Series.stream``."""
        assert self.plain.stream is not None
        plain = self.plain.stream(frame)
        planes = partial(self._checked, plain)
        return replace(plain, planes=planes, identify=lambda: self.identify(frame))

    def _checked(self, plain: PlaneByPlane) -> Iterator[tuple[Voxels, int]]:
        self.check()
        yield from plain.planes()
        self.check(removed=True)
