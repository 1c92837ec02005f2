"""The origin of an open scan: the files that were opened, and the series among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from srviewer.io.scans.series import ScanListing, Series


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
    found: ScanListing


def origins(
    paths: tuple[Path, ...], found: ScanListing, chosen: Sequence[tuple[Series, int]]
) -> tuple[Origin, ...]:
    """The origins of images that were chosen among those in some files.

    Args:
        paths: What the user gave, opened together.
        found: Everything that was found in them.
        chosen: Each image with the number of its volume along the fourth dimension.

    Returns:
        One for each image; that of an image alone in its file has this file as its path.
    """

    def own(series: Series) -> tuple[Path, ...]:
        return tuple(path for path in paths if series.sources == (path,)) or paths

    return tuple(Origin(own(series), series, frame, found) for series, frame in chosen)


MOST_AT_ONCE = 8  # images that open without a question


def one_image_a_file(listing: ScanListing, paths: Sequence[Path]) -> bool:
    """Check whether images open without a question.

    An image of several volumes in time opens at the first; a slider leads to the others.

    Args:
        listing: The images in the files.
        paths: The files and folders that were chosen.

    Returns:
        Whether there is one image, or one with a file of its own for each path, at most
        ``MOST_AT_ONCE``.
    """
    if len(listing.series) == 1:
        return True
    files = [series.sources for series in listing.series]
    each = len(files) == len(paths) == len(set(files)) <= MOST_AT_ONCE
    return each and all(len(sources) == 1 and sources[0] in paths for sources in files)
