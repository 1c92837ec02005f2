"""Label map transfer: label maps on a finer grid, no label invented, each with its volume."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.interpolate import linear, thin_positions
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress

Labels = npt.NDArray[np.int32]
Box = tuple[slice, slice, slice]
TOLERANCE = 0.01  # of a label's volume
MOST_ROUNDS = 12
MARGIN = 2  # voxels around a label into which its border may move


@dataclass(frozen=True, eq=False)
class _Contest:
    """For each thin voxel the label that it lies deepest in and the one that comes next.

    Attributes:
        best: The deepest label.
        second: The next one.
        depth: mm inside the border of the deepest label; below 0 outside.
        second_depth: The same of the next label.
    """

    best: Labels
    second: Labels
    depth: Voxels
    second_depth: Voxels

    @property
    def gap(self) -> Voxels:
        """The lead of the deepest label over the next one, in mm."""
        return self.depth - self.second_depth

    def enter(self, label: int, where: Box, depth: Voxels) -> None:
        """Let another label compete inside a box."""
        best, second = self.best[where], self.second[where]
        first_depth, second_depth = self.depth[where], self.second_depth[where]
        beats_first, beats_second = depth > first_depth, depth > second_depth
        second[beats_second] = np.where(beats_first, best, label)[beats_second]
        second_depth[beats_second] = np.where(beats_first, first_depth, depth)[beats_second]
        best[beats_first] = label
        first_depth[beats_first] = depth[beats_first]


def refined_labels(
    labels: Labels, axis: Axis, factor: int, spacing: tuple[float, float, float]
) -> Job[Labels]:
    """Refine a label map along an axis.

    Shape-based interpolation (Raya & Udupa 1990): the distance to the border of each label, in mm
    within its slices, is interpolated between slices; a voxel takes the label that it lies deepest
    in. Then the borders are moved where they are least certain, until each label has its volume
    again within ``TOLERANCE``. 0 is a label like any other.

    Args:
        labels: (i, j, k).
        axis: The thick axis, 0..2.
        factor: New voxels per old one along the axis, 1 or more.
        spacing: mm along (i, j, k), of ``labels``.

    Returns:
        A job with (i, j, k) labels, ``factor`` times more along the axis, over the same extent.
    """
    from scipy.ndimage import find_objects  # half a second, which the window does not wait for

    repeated = np.repeat(labels, factor, axis=axis)
    no_depth = np.full(repeated.shape, -np.inf, np.float32)
    contest = _Contest(repeated.copy(), repeated.copy(), no_depth, no_depth.copy())
    names, compact = np.unique(labels, return_inverse=True)
    boxes = find_objects(compact.reshape(labels.shape) + 1)
    for number, (label, box) in enumerate(zip(names, boxes, strict=True)):
        yield Progress(0.7 * number / len(names), f"Label {label}")
        wide = _widened(box, labels.shape)
        depth = _depth(labels[wide] == label, axis, spacing)
        thin = linear(depth, axis, thin_positions(depth.shape[axis], factor))
        contest.enter(int(label), _finer(wide, axis, factor), thin)
    counts = {int(label): int(count) for label, count in _counted(repeated)}
    for number in range(MOST_ROUNDS):
        yield Progress(0.7 + 0.3 * number / MOST_ROUNDS, "Keeping the volumes")
        if not _moved(contest, counts):
            break
    return contest.best


def volume_error(before: Labels, after: Labels, factor: int) -> float:
    """The largest change of a label's volume, as a share of it.

    Args:
        before: (i, j, k) labels.
        after: (i, j, k) labels of the result of ``refined_labels``.
        factor: Voxels of ``after`` per voxel of ``before``.

    Returns:
        0 where every label has its volume.
    """
    counts = dict(_counted(after))
    return max(abs(counts.get(n, 0) / (factor * count) - 1) for n, count in _counted(before))


def _counted(labels: Labels) -> list[tuple[int, int]]:
    names, counts = np.unique(labels, return_counts=True)
    return list(zip(names.tolist(), counts.tolist(), strict=True))


def _depth(
    inside: npt.NDArray[np.bool_], axis: Axis, spacing: tuple[float, float, float]
) -> Voxels:
    """Millimetres to the border within each slice, above 0 inside; at most one slice spacing."""
    from scipy.ndimage import distance_transform_edt  # as above

    plane = [mm for a, mm in enumerate(spacing) if a != axis]
    limit = spacing[axis]
    slices = []
    for pixels in np.moveaxis(inside, axis, 0):
        if not pixels.any():
            slices.append(np.full(pixels.shape, -limit))
        elif pixels.all():
            slices.append(np.full(pixels.shape, limit))
        else:
            inner = distance_transform_edt(pixels, sampling=plane)
            slices.append(inner - distance_transform_edt(~pixels, sampling=plane))
    depth = np.clip(np.stack(slices), -limit, limit).astype(np.float32)
    return np.moveaxis(depth, 0, axis)


def _moved(contest: _Contest, wanted: dict[int, int]) -> bool:
    """Give voxels of labels that are too large to those too small; return whether any moved."""
    counts = dict(_counted(contest.best))
    missing = {label: count - counts.get(label, 0) for label, count in wanted.items()}
    needy = [n for n, count in missing.items() if count > TOLERANCE * wanted[n] / 2]
    moved = False
    gap = contest.gap
    for label in needy:
        spare = [n for n, count in missing.items() if count < 0]
        candidates = np.flatnonzero((contest.second == label) & np.isin(contest.best, spare))
        if (
            not candidates.size
        ):  # its neighbours have none to spare: they take from theirs next time
            candidates = np.flatnonzero((contest.second == label) & (contest.best != label))
        closest = candidates[np.argsort(gap.flat[candidates], kind="stable")][: missing[label]]
        givers = contest.best.flat[closest]
        contest.best.flat[closest], contest.second.flat[closest] = label, givers
        for giver, count in _counted(givers):
            missing[giver] += count
        missing[label] -= len(closest)
        moved = moved or bool(len(closest))
    return moved


def _widened(box: Box, shape: tuple[int, ...]) -> Box:
    i, j, k = (
        slice(max(0, side.start - MARGIN), min(count, side.stop + MARGIN))
        for side, count in zip(box, shape, strict=True)
    )
    return i, j, k


def _finer(box: Box, axis: Axis, factor: int) -> Box:
    i, j, k = (
        slice(side.start * factor, side.stop * factor) if a == axis else side
        for a, side in enumerate(box)
    )
    return i, j, k
