"""Scores of one volume against another, resampled to its grid on request."""

from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.comparison.comparison import Comparison, MaskName, Scores
from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.comparison.philips_scale import philips_note
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.resampling.reorient import closest_axes, on_grid
from srviewer.core.resampling.resample import INTERPOLATION, Resampled, resampled
from srviewer.core.scores.metrics import Mask
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.job import Job, within

COARSER = 1.2  # times the spacing: below this no mean over a voxel is missed


@dataclass(frozen=True, eq=False)
class Compared:
    """A candidate scored against a reference, on the grid of the reference.

    Attributes:
        candidate: The candidate as it was scored.
        scores: Its scores.
        covered: (i, j, k), true where the candidate has values; None for everywhere.
        resampled: Whether it lay on another grid.
        notes: What a user must know of the comparison, one sentence each.
    """

    candidate: Volume
    scores: Scores
    covered: Mask | None = None
    resampled: bool = False
    notes: tuple[str, ...] = ()


def compare_volumes(
    reference: Volume, candidate: Volume, meaning: str, mask: MaskName, resample: bool
) -> Job[Compared]:
    """Score a candidate against a reference.

    Axes of another order and direction do not count as another grid.

    Args:
        reference: The reference.
        candidate: The candidate.
        meaning: The sentence on the reference that stands beside the scores.
        mask: The voxels to score.
        resample: Resample a candidate on another grid to that of the reference, and score the
            voxels that it covers.

    Returns:
        A job whose result is the scored candidate.

    Raises:
        UserError: The grids differ and ``resample`` is not set, or the two volumes share no voxel.
    """
    placed = yield from within(on_grid(candidate, reference.geometry), 0.0, 0.1)
    if placed is not None or not resample:
        comparison = Comparison(reference, placed or candidate, meaning)
        scores = yield from within(comparison.scores(mask), 0.1, 1.0)
        return Compared(placed or candidate, scores, notes=_scale_notes(reference, candidate))
    moved = yield from within(resampled(candidate, reference.geometry), 0.0, 0.5)
    if not moved.covered.any():
        raise UserError(
            f"'{candidate.name}' covers no voxel of '{reference.name}': "
            f"{grid_difference(candidate.geometry, reference.geometry)}. Give two volumes of the "
            "same part of the patient."
        )
    comparison = Comparison(reference, moved.volume, meaning, moved.covered)
    scores = yield from within(comparison.scores(mask), 0.5, 1.0)
    full_meaning = (
        f"{meaning}, to whose grid the candidate was {_way(moved)}; {_percent(scores.share)} of "
        f"its {_scored(scores)} is covered and scored"
    )
    scores = replace(scores, meaning=full_meaning)
    notes = _notes(reference, candidate, moved, scores)
    notes = (*notes, *_scale_notes(reference, candidate))
    return Compared(moved.volume, scores, moved.covered, True, notes)


def _scale_notes(reference: Volume, candidate: Volume) -> tuple[str, ...]:
    note = philips_note(reference, candidate)
    return (note,) if note else ()


def _way(moved: Resampled) -> str:
    if moved.interpolated:
        return f"resampled by {INTERPOLATION}"
    return "shifted by whole voxels, without interpolation"


def _scored(scores: Scores) -> str:
    return "foreground" if scores.mask == "foreground" else "space"


def _notes(
    reference: ScanHeader, candidate: ScanHeader, moved: Resampled, scores: Scores
) -> tuple[str, ...]:
    notes = [
        f"'{candidate.name}' lay on another grid than '{reference.name}': "
        f"{grid_difference(candidate.geometry, reference.geometry)}. It was {_way(moved)}."
    ]
    if not moved.covered.all():
        notes.append(
            f"{_percent(scores.share)} of the {_scored(scores)} of '{reference.name}' is scored, "
            f"{scores.voxels:,} voxels: '{candidate.name}' does not cover the rest. SSIM leaves "
            "out where its window reaches that."
        )
    fine = closest_axes(candidate.geometry, reference.geometry).grid(candidate.geometry).spacing
    ratios = np.divide(reference.geometry.spacing, fine)
    if coarser := [AXIS_NAMES[axis] for axis in range(3) if ratios[axis] > COARSER]:
        notes.append(
            f"'{reference.name}' has larger voxels along {' and '.join(coarser)}: the candidate "
            "was taken at their centres, without a mean over them."
        )
    if reference.frame and candidate.frame and reference.frame != candidate.frame:
        notes.append(
            "The two have different frames of reference: the same millimetres need not be the same "
            "place in the patient."
        )
    return tuple(notes)


def _percent(share: float) -> str:
    """A share rounded down, so that only all of it is 100 %."""
    return "100 %" if share == 1 else f"{np.floor(1000 * share) / 10:.1f} %"
