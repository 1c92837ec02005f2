"""Opening the inputs of a verb: paths to series, series to volumes."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from srviewer.cli.console.verb_output import note, run_with_progress
from srviewer.cli.options.values import words
from srviewer.core.counted import counted, inflected
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.scans.masks import read_label_map, read_region
from srviewer.io.scans.series import ScanListing, Series, check_frame, summary
from srviewer.sr.inputs.segmentations import scans_among


def add_series_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--series`` and ``--frame``, for paths that may hold several images.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("--series", metavar="N|UID", help="which series, as numbered by info")
    parser.add_argument(
        "--frame", type=int, default=0, metavar="N", help="which volume of a 4D image, from 0"
    )


def open_volume(path: Path, wanted: str | None, frame: int) -> Volume:
    """Read one volume; says on standard error which series where there are several.

    Args:
        path: A file, folder or zip.
        wanted: The number or UID of the series, None for the first thick one.
        frame: The number of the volume in a 4D image, from 0.

    Returns:
        The volume.
    """
    return run_with_progress(open_series(path, wanted, frame).read(frame))


def open_series(path: Path, wanted: str | None, frame: int) -> Series:
    """The series of a path that is meant; its voxels are not read yet.

    Args:
        path: A file, folder or zip.
        wanted: The number or UID of the series, None for the first thick one.
        frame: The number of the volume in a 4D image, from 0.

    Returns:
        The series, which has this frame; UserError where there is none.
    """
    listing = run_with_progress(scan([path]))
    series = _first_scan(listing, path) if wanted is None else named_series(listing, path, wanted)
    for line in left_out(listing):
        note(line)
    check_frame(series.name, frame, series.frames)
    return series


def left_out(listing: ScanListing) -> list[str]:
    """Lines on the files that were not opened, with the reasons: none is passed over in silence.

    Args:
        listing: The listing of a path.

    Returns:
        Lines for people.
    """
    skipped = [
        f"{counted(listing.ignored, 'file')} {inflected(listing.ignored, 'was', 'were')} skipped: "
        f"{summary(listing.skipped)}."
    ]
    return [
        *(skipped if listing.ignored else ()),
        *(f"   {problem.text}" for problem in listing.problems),
    ]


def open_only(path: Path) -> Volume:
    """Read the one volume of a path.

    Args:
        path: A file, folder or zip.

    Returns:
        The first volume of its first thick series, else of its first scan.
    """
    return open_volume(path, None, 0)


def add_segments_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--segments``, for ``--labels`` and ``--lock``.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "--segments",
        type=words,
        default=(),
        metavar="N|NAME,...",
        help="of a DICOM segmentation or .seg.nrrd given as --labels or --lock: the segments to "
        "take, where not all",
    )


def open_label_map(path: Path, segments: Sequence[str]) -> Volume:
    """Read a label map.

    Args:
        path: A file, folder or zip.
        segments: Numbers or names of its segments; empty for all.

    Returns:
        The label map; UserError where segments overlap.
    """
    series = open_series(path, None, 0)
    return run_with_progress(read_label_map(series, segments, path.name))


def open_region(path: Path, segments: Sequence[str]) -> Volume:
    """Read a mask.

    Args:
        path: A file, folder or zip.
        segments: Numbers or names of its segments; empty for all.

    Returns:
        The mask, above 0 inside any of the segments.
    """
    series = open_series(path, None, 0)
    return run_with_progress(read_region(series, segments, path.name))


def named_series(listing: ScanListing, path: Path, wanted: str) -> Series:
    """The series with a number or UID.

    Args:
        listing: The listing of a path.
        path: The path, for the message.
        wanted: The number or UID.

    Returns:
        The series.

    Raises:
        UserError: There is none, or several have the UID.
    """
    by_number = [series for series in listing.series if wanted == str(series.index)]
    matching = by_number or [series for series in listing.series if wanted == series.uid]
    if len(matching) > 1:
        numbers = ", ".join(str(series.index) for series in matching)
        raise UserError(f"Several series have the UID '{wanted}'. Give a number: {numbers}.")
    if matching:
        return matching[0]
    known = ", ".join(f"{series.index} ({series.name})" for series in listing.series)
    raise UserError(f"{path} holds no series '{wanted}'. It holds: {known}.")


def _first_scan(listing: ScanListing, path: Path) -> Series:
    """The first thick series, else the first; a mask or label map only where there is no scan."""
    if len(listing.series) == 1:
        return listing.series[0]
    scans, _ = run_with_progress(scans_among(listing.series))
    offered = scans or listing.series
    thick = [series for series in offered if series.geometry.thick_axis is not None]
    first = (thick or list(offered))[0]
    note(
        f"{path} holds {len(listing.series)} series; number {first.index} ({first.name}) is "
        f"used. Choose another with --series."
    )
    return first
