"""The stacks (StackID) of enhanced DICOM objects: packages of one volume, or volumes of their own.

Scanners measure one volume in packages, whose slices lie between each other or one package above
the other, and name each a stack; they name two slabs of one scan in the same way.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.volumes.geometry import stacked
from srviewer.io.dicom.volumes.slice_positions import (
    Slices,
    count_positions,
    position_tolerance_mm,
    slice_positions,
)
from srviewer.io.dicom.volumes.traits import contrasts_of

Heights = npt.NDArray[np.float64]

# Warnings that slices on one regular grid never have.
IRREGULAR = frozenset({"uneven_gaps", "duplicate_positions"})
NEXT = 1.5  # spacings up to the next package of a volume


def stacks(plane: Slices) -> list[Slices]:
    """Part slices of one size and orientation by StackID, and join stacks of one regular grid.

    Args:
        plane: Slices of one size and orientation.

    Returns:
        The stacks; all slices together where they are one stack, or where a stack covers a single
        position.
    """
    named: dict[str, Slices] = defaultdict(list)
    for header in plane:
        named[header.stack].append(header)
    members = list(named.values())
    if len(members) < 2 or _one_grid(members, False):
        return [plane]
    if any(count_positions(stack) < 2 for stack in members):
        return [plane]
    if plane[0].position is None or plane[0].orientation is None:
        return members
    return [stack for run in _runs(members, NEXT) for stack in _of_run(run)]


def _of_run(members: list[Slices]) -> list[Slices]:
    """Join stacks that touch each other to one volume, or those whose slices alternate."""
    if _one_grid(members, False):
        return [_together(members)]
    parted = []
    for run in _runs(members, 0.0):
        parted += [_together(run)] if len(run) > 1 and _one_grid(run, True) else run
    return parted


def _together(members: Sequence[Slices]) -> Slices:
    return [header for stack in members for header in stack]


def _one_grid(members: Sequence[Slices], holes: bool) -> bool:
    """Whether the stacks make one regular grid of one contrast and share no position.

    ``holes``: whether slices may be missing in it.
    """
    whole = _together(members)
    if any(header.position is None or header.orientation is None for header in whole):
        return False
    if len({frozenset(map(contrasts_of, stack)) for stack in members}) > 1:
        return False
    positions = slice_positions(whole)
    once = {positions.of(header): header for header in whole}
    if sum(len(positions.covered(stack)) for stack in members) > len(once) or len(once) < 2:
        return False
    try:
        codes = {warning.code for warning in stacked(list(once.values())).warnings}
    except ValueError:
        return False
    return not codes & IRREGULAR and (holes or "missing_slices" not in codes)


def _runs(members: Sequence[Slices], most_spacings: float) -> list[list[Slices]]:
    """Stacks that overlap along their normal, or lie at most ``most_spacings`` spacings apart."""
    heights = [_heights(stack, members[0][0]) for stack in members]
    gaps = np.diff(np.sort(np.concatenate(heights)))
    gaps = gaps[gaps > position_tolerance_mm(_together(members))]
    near = most_spacings * float(np.median(gaps)) if len(gaps) else 0.0
    runs: list[list[Slices]] = []
    top = -np.inf
    for number in sorted(range(len(members)), key=lambda n: float(heights[n].min())):
        if not runs or heights[number].min() > top + near:
            runs.append([])
        runs[-1].append(members[number])
        top = max(top, float(heights[number].max()))
    return runs


def _heights(stack: Slices, header: SliceHeader) -> Heights:
    """The positions of the slices in mm along the normal of the slice ``header``."""
    row, column = np.array(header.orientation, float).reshape(2, 3)
    return np.asarray(np.array([s.position for s in stack], float) @ np.cross(row, column))
