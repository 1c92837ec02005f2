"""The stacks of ``join``: each path is one stack, or a folder that holds several."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from srviewer.cli.console.verb_output import note, run_with_progress
from srviewer.cli.options.sources import left_out, named_series
from srviewer.cli.options.values import words
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.scans.series import ScanListing, Series
from srviewer.sr.stacks.joinable.facts import plainly_no_stack
from srviewer.sr.stacks.joinable.groups import joinable_groups
from srviewer.sr.stacks.request import MOTIONS


def add_stack_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the paths, and the choice among the series of a folder.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "stacks",
        type=Path,
        nargs="+",
        metavar="STACK",
        help="2 to 8 files or folders with a stack each; or a folder that holds all of them",
    )
    parser.add_argument(
        "--series",
        type=words,
        metavar="N|UID,...",
        help="of a single folder: which series are the stacks, as numbered by info",
    )


def add_motion_argument(parser: argparse.ArgumentParser, where: str = "") -> None:
    """Declare whether single slices are moved.

    Args:
        parser: The parser of a verb that joins.
        where: The words before those of the help.
    """
    parser.add_argument(
        "--motion",
        choices=MOTIONS,
        default="none",
        help=f"{where}slices: single slices are moved to where the other stacks predict them, in "
        "stacks where there is evidence for it; none: the slices of a stack stay together; "
        "default: none",
    )


def chosen_stacks(paths: Sequence[Path], wanted: Sequence[str] | None) -> list[tuple[Path, Series]]:
    """The stacks that are meant; their voxels are not read yet.

    Args:
        paths: Files, folders or zips. One with several series stands for the stacks among them that
            can be joined.
        wanted: The numbers or UIDs of the series of the only path; None to find them.

    Returns:
        Each stack with the path that it came from, in the order of the paths.

    Raises:
        UserError: A path cannot be opened or does not say which stacks are meant.
    """
    if wanted is not None and len(paths) > 1:
        raise UserError(
            f"--series chooses among the series of one folder, and {len(paths)} paths were given. "
            "Give the folder alone, or leave --series out."
        )
    chosen: list[tuple[Path, Series]] = []
    for path in paths:
        listing = run_with_progress(scan([path]))
        for line in left_out(listing):
            note(line)
        found = _stacks_of(path, listing, wanted)
        if len(listing.series) > 1:
            names = ", ".join(f"{series.index} ({series.name})" for series in found)
            note(f"{path} holds {len(listing.series)} series; taken: {names}.")
        chosen += [(path, series) for series in found]
    return chosen


def _stacks_of(path: Path, listing: ScanListing, wanted: Sequence[str] | None) -> Sequence[Series]:
    listed = listing.series
    if wanted is not None:
        return [named_series(listing, path, word) for word in wanted]
    if len(listed) == 1:
        return listed
    groups = run_with_progress(joinable_groups(listed))
    if len(groups) == 1:
        return groups[0].stacks
    if groups:
        found = "; ".join(
            f"{group.title} ({', '.join(str(series.index) for series in group.stacks)})"
            for group in groups
        )
        raise UserError(
            f"'{path}' holds several groups of stacks, by the numbers of info: {found}. Choose one "
            "with --series, or give the stacks themselves."
        )
    thick = [s for s in listed if s.geometry.thick_axis is not None and not plainly_no_stack(s)]
    if len(thick) == 1:
        return thick
    raise UserError(
        f"'{path}' holds {len(listed)} series, and no stacks among them that plainly belong "
        "together. Give the stacks themselves, or choose them with --series (numbers of info)."
    )
