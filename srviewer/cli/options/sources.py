"""Opening what a verb is given: paths to series, series to volumes."""

import argparse
from pathlib import Path

from srviewer.cli.console.verb_output import follow, note
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.scans.series import Found, Series, check_frame, summary
from srviewer.sr.inputs.segmentations import scans_among


def add_series_arguments(parser: argparse.ArgumentParser) -> None:
    """``--series`` and ``--frame``, for paths that may hold several images."""
    parser.add_argument("--series", metavar="N|UID", help="which series, as numbered by info")
    parser.add_argument(
        "--frame", type=int, default=0, metavar="N", help="which volume of a 4D image, from 0"
    )


def open_volume(path: Path, wanted: str | None, frame: int) -> Volume:
    """Read one volume; says on standard error which series when there are several."""
    return follow(open_series(path, wanted, frame).read(frame))


def open_series(path: Path, wanted: str | None, frame: int) -> Series:
    """The series that is meant, which has this frame; its voxels are not read yet."""
    found = follow(scan([path]))
    series = _first_scan(found, path) if wanted is None else _named(found, path, wanted)
    for line in left_out(found):
        note(line)
    check_frame(series.name, frame, series.frames)
    return series


def left_out(found: Found) -> list[str]:
    """What was not opened, and why: nothing that lay there is passed over in silence."""
    skipped = [f"{found.ignored:,} files were skipped: {summary(found.skipped)}."]
    return [*(skipped if found.ignored else ()), *(f"   {one.text}" for one in found.problems)]


def open_only(path: Path) -> Volume:
    """Read the one volume that ``path`` holds."""
    return open_volume(path, None, 0)


def _named(found: Found, path: Path, wanted: str) -> Series:
    """The series with this number or UID."""
    by_number = [series for series in found.series if wanted == str(series.index)]
    matching = by_number or [series for series in found.series if wanted == series.uid]
    if len(matching) > 1:
        numbers = ", ".join(str(series.index) for series in matching)
        raise UserError(f"Several series have the UID '{wanted}'. Give a number: {numbers}.")
    if matching:
        return matching[0]
    known = ", ".join(f"{series.index} ({series.name})" for series in found.series)
    raise UserError(f"{path} holds no series '{wanted}'. It holds: {known}.")


def _first_scan(found: Found, path: Path) -> Series:
    """The first thick series, else the first; a mask or label map only where there is no scan."""
    if len(found.series) == 1:
        return found.series[0]
    scans, _ = follow(scans_among(found.series))
    offered = scans or found.series
    thick = [series for series in offered if series.geometry.thick_axis is not None]
    first = (thick or list(offered))[0]
    note(
        f"{path} holds {len(found.series)} series; number {first.index} ({first.name}) is "
        f"used. Choose another with --series."
    )
    return first
