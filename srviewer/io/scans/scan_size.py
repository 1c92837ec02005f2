"""Images of every format, with a warning where their size is that of no scan."""

from dataclasses import dataclass, replace
from typing import TypeVar

from srviewer.core.volumes.plausible_size import CODE, size_warnings
from srviewer.core.volumes.volume import ScanHeader, ScanWarning, Volume
from srviewer.io.scans.series import PlaneByPlane, Series
from srviewer.job import Job

H = TypeVar("H", bound=ScanHeader)


def sized(series: Series) -> Series:
    """Add the warning ``implausible_size`` to a series where it applies.

    Args:
        series: A series of any format.

    Returns:
        The same series, which and whose volumes carry the warning.
    """
    known = any(warning.code == CODE for warning in series.warnings)
    added = () if known else size_warnings(series.geometry)
    return _Sized(series, added).series() if added else series


@dataclass(frozen=True, eq=False)
class _Sized:
    """A series with further warnings."""

    plain: Series
    added: tuple[ScanWarning, ...]

    def series(self) -> Series:
        stream = None if self.plain.stream is None else self.stream
        warnings = (*self.plain.warnings, *self.added)
        # In one pass, volumes would lack the warnings.
        return replace(self.plain, warnings=warnings, read=self.read, stream=stream, read_each=None)

    def read(self, frame: int) -> Job[Volume]:
        return self._with_warnings((yield from self.plain.read(frame)))

    def stream(self, frame: int) -> PlaneByPlane:
        assert self.plain.stream is not None
        plain = self.plain.stream(frame)
        return replace(plain, header=self._with_warnings(plain.header))

    def _with_warnings(self, header: H) -> H:
        return replace(header, warnings=(*header.warnings, *self.added))
