"""The origin of an open scan: the files that were opened, and the series among them."""

from dataclasses import dataclass
from pathlib import Path

from srviewer.io.scans.series import Found, Series


@dataclass(frozen=True, eq=False)
class Origin:
    """The opened files, and the series and time point of the scan in them.

    Attributes:
        paths: the files and folders that were opened together.
        series: the series of the scan.
        frame: the number of the time point, from 0.
        found: all series in ``paths``, and the files that are none.

    """

    paths: tuple[Path, ...]
    series: Series
    frame: int
    found: Found
