"""The predictors of the gain of a result over cubic interpolation, measured on a piece of it."""

from dataclasses import dataclass, replace
from math import ceil, log10

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.noise import scan_noise
from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.intensity_range import Intensity, volume_intensity
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import Job, within
from srviewer.sr.requests.request import Request, degradation_of
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.trust.restored_again import AxisGain, gains_restored

SIDE = 112  # voxels of the piece along each sharp axis, at most
DEPTH = 20  # thin slices of the piece, at least where there are as many
LEAST_FOREGROUND = 0.05  # of the piece

Box = tuple[slice, slice, slice]


@dataclass(frozen=True)
class GainPredictors:
    """Measurements on a result from which its gain over cubic is predicted.

    All but ``noise`` are of a piece in the middle of the foreground.

    Attributes:
        restored: The result made thick along its sharp axes and restored again.
        thick_gradient: Root mean square of the gradient of the result along the thick axis, as a
            share of the intensity range for each mm.
        plane_gradient: The same along the sharp axes, mean of both.
        change: Root mean square of result minus cubic, as a share of the intensity range.
        disagreement: Root mean square of the disagreement of the two planes, in the same unit.
        fineness: Second over first differences, in dB, of the scan along its sharp axes made thick:
            how much of the detail at the scale of the slices is as fine as they allow.
        noise: Of the scan, as ``noise_level`` gives it.
    """

    restored: tuple[AxisGain, ...]
    thick_gradient: float
    plane_gradient: float
    change: float
    disagreement: float
    fineness: float
    noise: float


def gain_predictors(scan: Volume, result: Reconstruction) -> Job[GainPredictors | None]:
    """Measure the predictors of the gain.

    Args:
        scan: The scan that was reconstructed, without missing slices.
        result: The result of a network, on the refined grid of the scan.

    Returns:
        A job whose result is the predictors; None where the scan is too small for them or has too
        little foreground.
    """
    # In so small a piece, measuring the scales of 8-bit integers takes longer than they save.
    request = replace(result.used_request, precision="float32")
    intensity = volume_intensity(scan)
    degradation = degradation_of(scan, request)
    box = piece_of(scan, request, intensity)
    piece = cut(result.volume, box)
    seen = intensity.foreground(piece.voxels)
    if piece.padded is not None:
        seen &= ~piece.padded
    if result.disagreement is None or seen.mean() < LEAST_FOREGROUND:
        return None
    restored = yield from within(
        gains_restored(piece, request, degradation.thickness, intensity), 0.0, 0.95
    )
    if not restored:
        return None
    disagreement = result.disagreement.voxels[box][seen]
    change = piece.voxels[seen] - _cubic(scan, request, box)[seen]
    gradients = [_gradient(piece, axis, seen) / intensity.range for axis in range(3)]
    plane = [gradient for axis, gradient in enumerate(gradients) if axis != request.axis]
    return GainPredictors(
        restored,
        gradients[request.axis],
        sum(plane) / 2,
        _rms(change) / intensity.range,
        _rms(disagreement) / intensity.range,
        fineness(scan, degradation, box, intensity),
        scan_noise(scan, request.axis),
    )


def piece_of(scan: Volume, request: Request, intensity: Intensity) -> Box:
    """The piece of a result that is measured: around the middle of the foreground of its scan.

    Args:
        scan: The scan.
        request: The reconstruction.
        intensity: Floor and range of the scan.

    Returns:
        Spans of voxels of the refined grid, whole thick slices along ``request.axis``.
    """
    seen = intensity.foreground(scan.voxels)
    if scan.padded is not None:
        seen &= ~scan.padded
    spans = []
    for axis in range(3):
        counts = seen.sum(axis=tuple(other for other in range(3) if other != axis))
        middle = _middle(counts)
        thin = request.factor if axis == request.axis else 1
        wanted = ceil(DEPTH / thin) if axis == request.axis else SIDE
        length = min(len(counts), wanted)
        start = min(max(0, middle - length // 2), len(counts) - length)
        spans.append(slice(start * thin, (start + length) * thin))
    return spans[0], spans[1], spans[2]


def cut(volume: Volume, box: Box) -> Volume:
    """The part of a volume in a box.

    Args:
        volume: The volume.
        box: Spans of voxels.

    Returns:
        The part, with its place in the patient.
    """
    geometry = volume.geometry
    for axis, span in enumerate(box):
        geometry = geometry.cropped(axis, span.start, span.stop)
    return volume.derived(np.ascontiguousarray(volume.voxels[box]), geometry, "a piece")


def fineness(scan: Volume, degradation: Degradation, box: Box, intensity: Intensity) -> float:
    """How much of the detail at the scale of the slices is as fine as they allow.

    Args:
        scan: The scan.
        degradation: Its acquisition.
        box: As ``piece_of`` gives it; all slices across it are used.
        intensity: Floor and range of the scan.

    Returns:
        Root mean square of second over that of first differences in dB, along each sharp axis made
        thick, mean of both.
    """
    spans = list(box)
    spans[degradation.axis] = slice(None)
    voxels = scan.voxels[tuple(spans)]
    ratios = []
    for axis in range(3):
        if axis != degradation.axis:
            thick = replace(degradation, axis=axis).apply(voxels)
            seen = np.moveaxis(intensity.foreground(thick), axis, 0)
            pairs = seen[1:] & seen[:-1]
            steps = np.diff(np.moveaxis(thick, axis, 0), axis=0)
            bends = np.diff(steps, axis=0)
            ratios.append(log_ratio(_rms(bends[pairs[1:] & pairs[:-1]]), _rms(steps[pairs])))
    return sum(ratios) / len(ratios)


def log_ratio(one: float, other: float) -> float:
    """The ratio of two root mean squares in dB.

    Args:
        one: The numerator, 0 or more.
        other: The denominator, 0 or more.

    Returns:
        20 log10 of the ratio, both at least 1e-6.
    """
    return 20 * log10(max(one, 1e-6) / max(other, 1e-6))


def _middle(counts: npt.NDArray[np.int_]) -> int:
    """The index that halves the foreground; the middle without any."""
    total = np.cumsum(counts)
    return int(np.searchsorted(total, total[-1] / 2)) if total[-1] else len(counts) // 2


def _cubic(scan: Volume, request: Request, box: Box) -> Voxels:
    """Cubic interpolation of the scan in the box."""
    axis = request.axis
    whole: list[slice] = list(box)
    whole[axis] = slice(None)
    positions = thin_positions(scan.geometry.shape[axis], request.factor)[box[axis]]
    return cubic(np.ascontiguousarray(scan.voxels[tuple(whole)]), axis, positions)


def _gradient(piece: Volume, axis: Axis, seen: npt.NDArray[np.bool_]) -> float:
    """Root mean square of the steps between foreground neighbours, for each mm."""
    rows, held = np.moveaxis(piece.voxels, axis, 0), np.moveaxis(seen, axis, 0)
    steps = np.diff(rows, axis=0)[held[1:] & held[:-1]]
    return _rms(steps) / piece.geometry.spacing[axis]


def _rms(values: Voxels) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) if values.size else 0.0
