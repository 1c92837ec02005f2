"""Comparison: two volumes on one grid, with their scores and the meaning of the scores."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.resampling.reorient import on_grid, same_grid
from srviewer.core.scores.metrics import METRICS, SSIM_RADIUS, Mask
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.job import Job, Progress, within

MaskName = Literal["foreground", "none"]
SliceScores = dict[str, float | None]  # metric id -> value; None where the slice has no score


@dataclass(frozen=True)
class Scores:
    """The scores of a comparison.

    Attributes:
        whole: Metric id -> value over the whole volume.
        per_slice: A list per array axis with an entry per slice.
        data_range: The intensity range of the reference, in its unit.
        mask: The voxels that are scored: the foreground of the reference, or all.
        voxels: The number of voxels that were scored.
        meaning: A sentence on what the reference is; stands beside every number shown.
        share: The share of the voxels inside the mask that the candidate covers, 0..1; the others
            are not scored.
        floor: The intensity floor of the reference, in its unit.
    """

    whole: SliceScores
    per_slice: tuple[list[SliceScores], list[SliceScores], list[SliceScores]]
    data_range: float
    mask: MaskName
    voxels: int
    meaning: str
    share: float = 1.0
    floor: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """A candidate against a reference on the same grid, whatever the order of their axes.

    Attributes:
        reference: The volume that is scored against.
        candidate: The volume that is scored.
        meaning: A sentence on what the reference is ("the loaded ground truth", "the thin scan
            before it was degraded").
        covered: (i, j, k) on the grid of the reference, where the candidate has values; None for
            everywhere.

    Raises:
        UserError: The grids differ.
    """

    reference: Volume
    candidate: Volume
    meaning: str
    covered: Mask | None = None

    def __post_init__(self) -> None:
        given, wanted = self.candidate.geometry, self.reference.geometry
        if not same_grid(given, wanted):
            raise UserError(
                f"'{self.candidate.name}' cannot be scored against '{self.reference.name}': "
                f"their grids differ: {grid_difference(given, wanted)}. Score two volumes of one "
                "grid, or let srviewer compare --resample bring one to the grid of the other."
            )

    def scores(self, mask: MaskName = "foreground") -> Job[Scores]:
        """Compute every metric over the whole volume and per slice of each array axis.

        Args:
            mask: "foreground" for the foreground of the reference, "none" for all voxels. Padding
                is never scored.

        Returns:
            A job with the scores; their axes are those of the reference.
        """
        placed = yield from within(on_grid(self.candidate, self.reference.geometry), 0.0, 0.0)
        assert placed is not None  # their grids are the same
        reference, candidate = self.reference.voxels, placed.voxels
        intensity = volume_intensity(self.reference)
        data_range = intensity.range
        selected = intensity.foreground(reference) if mask == "foreground" else _all(reference)
        padded, covered = self.reference.padded, _covered(self, placed)
        selected = selected if padded is None else selected & ~padded
        inside = selected if covered is None else selected & covered
        per_slice: list[list[SliceScores]] = []
        for axis in range(3):
            rows: list[SliceScores] = []
            stacks = [np.moveaxis(array, axis, 0) for array in (reference, candidate, inside)]
            for number, (truth, image, pixels) in enumerate(zip(*stacks, strict=True)):
                yield Progress(
                    (axis + number / len(stacks[0])) / 3, f"Scoring along {AXIS_NAMES[axis]}"
                )
                truth, image = intensity.above_floor(truth), intensity.above_floor(image)
                clear = _clear(covered, pixels, axis, number)
                masks = {m.id: pixels if m.whole_volume else clear for m in METRICS}
                rows.append({m.id: m.score(truth, image, data_range, masks[m.id]) for m in METRICS})
            per_slice.append(rows)
        return Scores(
            whole=_whole(reference, candidate, data_range, inside, per_slice),
            per_slice=(per_slice[0], per_slice[1], per_slice[2]),
            data_range=data_range,
            floor=intensity.floor,
            mask=mask,
            voxels=int(np.count_nonzero(inside)),
            meaning=self.meaning,
            share=int(inside.sum()) / max(1, int(selected.sum())),
        )


def _covered(comparison: Comparison, placed: Volume) -> Mask | None:
    """The voxels where both volumes have values that are no padding; None for everywhere."""
    covered = comparison.covered
    for padded in (comparison.reference.padded, placed.padded):
        if padded is not None:
            covered = ~padded if covered is None else covered & ~padded
    return covered


def _clear(covered: Mask | None, pixels: Mask, axis: Axis, number: int) -> Mask:
    """The ``pixels`` of a slice around which SSIM's window holds covered pixels alone."""
    if covered is None:
        return pixels
    whole = np.moveaxis(covered, axis, 0)[number]
    if whole.all():
        return pixels
    from scipy.ndimage import minimum_filter  # half a second that the window does not wait for

    clear = minimum_filter(whole, 2 * SSIM_RADIUS + 1, mode="nearest")
    return np.asarray(pixels & clear)


def _whole(
    reference: Voxels,
    candidate: Voxels,
    data_range: float,
    inside: Mask,
    per_slice: list[list[SliceScores]],
) -> SliceScores:
    """Metrics of arrays at once; metrics of slices as the mean over planes and foreground."""
    whole: SliceScores = {}
    for metric in METRICS:
        if metric.whole_volume:
            whole[metric.id] = metric.score(reference, candidate, data_range, inside)
            continue
        planes = [
            _weighted_mean([row[metric.id] for row in rows], np.moveaxis(inside, axis, 0))
            for axis, rows in enumerate(per_slice)
        ]
        known = [value for value in planes if value is not None]
        whole[metric.id] = sum(known) / len(known) if known else None
    return whole


def _weighted_mean(values: list[float | None], inside: Mask) -> float | None:
    weights = inside.sum(axis=(1, 2))
    pairs = [(v, w) for v, w in zip(values, weights, strict=True) if v is not None]
    total = sum(w for _, w in pairs)
    return float(sum(v * w for v, w in pairs) / total) if pairs else None


def _all(reference: Voxels) -> Mask:
    return np.ones(reference.shape, bool)
