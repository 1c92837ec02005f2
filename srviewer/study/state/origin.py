"""The image among files that an open scan is."""

from dataclasses import dataclass
from pathlib import Path

from srviewer.io.scans.series import Found, Series


@dataclass(frozen=True, eq=False)
class Origin:
    """What was opened, and which of the images found in it the scan is.

    Attributes:
        paths: what the user gave, opened together.
        series: the image.
        frame: the number of the volume along the fourth dimension, from 0.
        found: everything that was found in ``paths``.

    """

    paths: tuple[Path, ...]
    series: Series
    frame: int
    found: Found
