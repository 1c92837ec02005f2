"""A piece of an image made thick along its sharp axes and restored: the gain over cubic there."""

from dataclasses import dataclass, replace

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job, within
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.simulate import simulate

LEAST_BLOCKS = 8  # thick slices that a sharp axis must give


@dataclass(frozen=True)
class AxisGain:
    """The scores of one sharp axis of a piece that was made thick and restored.

    Attributes:
        axis: The array axis, 0..2.
        ours: PSNR of the method in dB, over the foreground of the piece.
        cubic: PSNR of cubic interpolation in dB, over the same.
    """

    axis: Axis
    ours: float
    cubic: float

    @property
    def gain(self) -> float:
        """The gain over cubic in dB."""
        return self.ours - self.cubic


def gains_restored(
    piece: Volume, request: Request, thickness: float, intensity: Intensity
) -> Job[tuple[AxisGain, ...]]:
    """Make each sharp axis of a piece thick as the scan is, restore it, and score it.

    Args:
        piece: A part of a scan or of its result, sharp across ``request.axis``.
        request: The reconstruction; its adaptation and further axes are left out.
        thickness: Slice thickness of the scan over its spacing.
        intensity: Floor and range of the scan, by which foreground is known.

    Returns:
        A job whose result is a row for each sharp axis that is long enough and has foreground.
    """
    sharp = [axis for axis in range(3) if axis != request.axis]
    long_enough = [
        axis for axis in sharp if piece.geometry.shape[axis] >= LEAST_BLOCKS * request.factor
    ]
    rows = []
    for number, axis in enumerate(long_enough):
        job = _along(piece, axis, request, thickness, intensity)
        row = yield from within(job, number / len(long_enough), (number + 1) / len(long_enough))
        rows.extend([] if row is None else [row])
    return tuple(rows)


def _along(
    piece: Volume, axis: Axis, request: Request, thickness: float, intensity: Intensity
) -> Job[AxisGain | None]:
    """The scores along one axis; None without foreground."""
    spacing = piece.geometry.spacing[axis] * request.factor
    along = replace(
        request,
        axis=axis,
        isotropic=False,
        also=(),
        adaptation=None,
        repair=(),
        agreement="exact",
        thickness_mm=thickness * spacing,
    )
    assert request.profile != "estimate"  # it was, before there was a piece
    degradation = Degradation(
        axis, request.factor, request.profile, thickness, time_bandwidth=request.time_bandwidth
    )
    made = yield from within(simulate(piece, degradation), 0.0, 0.02)
    result = yield from within(reconstruct(made.thick, along), 0.02, 0.95)
    truth, thick = made.truth.voxels, made.thick.voxels
    plain = cubic(thick, axis, thin_positions(thick.shape[axis], request.factor))
    seen = intensity.foreground(truth)
    if made.truth.padded is not None:
        seen &= ~made.truth.padded
    ours, base = (psnr(truth, v, intensity.range, seen) for v in (result.volume.voxels, plain))
    if ours is None or base is None or not np.isfinite([ours, base]).all():
        return None
    return AxisGain(axis, float(ours), float(base))
