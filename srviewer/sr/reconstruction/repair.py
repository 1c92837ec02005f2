"""Repair of a scan with faults between its slices, before and after its reconstruction."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import consistency_of
from srviewer.core.geometry.grid import AXIS_NAMES, Geometry
from srviewer.core.geometry.slice_runs import Planes, runs
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.intensity.padding import empty_value, filled, marked
from srviewer.core.slice_faults.faults import SliceFaults, measured_planes, volume_faults
from srviewer.core.slice_faults.repair import bridged, evened, moved_back
from srviewer.core.slice_faults.warnings import BAD_SLICE, BRIGHTNESS, MOTION
from srviewer.core.slice_numbers import slice_numbers
from srviewer.core.volumes.volume import ScanWarning, Volume, Voxels
from srviewer.job import Job
from srviewer.sr.requests.request import REPAIRS, Repair
from srviewer.sr.results.reconstruction import Reconstruction

# The code of the warning of each fault.
REPAIRED_BY: dict[Repair, str] = {
    "brightness": BRIGHTNESS,
    "motion": MOTION,
    "slices": BAD_SLICE,
}


@dataclass(frozen=True, eq=False)
class RepairedScan:
    """A scan with the repairs of its faults.

    Attributes:
        measured: The scan as it was opened.
        scan: The corrected scan, which is reconstructed.
        faults: The faults of the measured scan.
        asked: The repairs that were requested, for faults that may be absent.
        done: The repairs that were applied.
    """

    measured: Volume
    scan: Volume
    faults: SliceFaults
    asked: tuple[Repair, ...]
    done: tuple[Repair, ...]

    @property
    def left_out(self) -> tuple[int, ...]:
        """The slices that count as gaps, by their numbers from 0."""
        return tuple(each.number for each in self.faults.bad) if "slices" in self.done else ()

    def with_gaps(self) -> Volume:
        """The corrected scan with bad slices as gaps, where they leave no slice alone.

        What lies beside a gap is reconstructed better without an invented slice in it, by 0.1 dB
        over a whole stack. Else the scan as it is, with bad slices bridged.
        """
        axis, count = self.faults.axis, self.scan.geometry.shape[self.faults.axis]
        if not self.left_out or self.scan.planes is not None:
            return self.scan
        step = self.scan.geometry.distance(axis)
        regular = Planes(axis, tuple(number * step for number in range(count)))
        planes = _without(regular, self.faults)
        sizes = [run.count for run in runs(planes)]
        ends = {0, count - 1} & set(self.left_out)
        return self.scan if ends or min(sizes) < 2 else replace(self.scan, planes=planes)

    def agreement(self, residual: Voxels) -> tuple[Voxels, Voxels]:
        """Convert a residual of the corrected scan to one of the measured scan.

        The intensity of odd slices is that of the measured scan again.

        Args:
            residual: (i, j, k), on the grid of the scan, in its unit; not changed.

        Returns:
            (residual, values): (i, j, k), with 0 in slices that count as gaps; and its values
            without these slices and without padding, (n,), or all of it where nothing else is.
        """
        residual = np.array(residual)
        rows = np.moveaxis(residual, self.faults.axis, 0)
        if "brightness" in self.done:
            rows[1::2] *= np.float32(self.faults.ratio)
        counts = np.ones(residual.shape, bool) if self.scan.padded is None else ~self.scan.padded
        for number in self.left_out:
            rows[number] = 0
            np.moveaxis(counts, self.faults.axis, 0)[number] = False
        return residual, residual[counts] if counts.any() else residual


def repairs_for(warnings: tuple[ScanWarning, ...]) -> tuple[Repair, ...]:
    """The repairs for the faults that a scan has warnings of.

    Args:
        warnings: The warnings of the scan.

    Returns:
        The repairs in the order of ``REPAIRS``.
    """
    codes = {warning.code for warning in warnings}
    return tuple(name for name in REPAIRS if REPAIRED_BY[name] in codes)


def repaired(scan: Volume, asked: tuple[Repair, ...]) -> Job[RepairedScan]:
    """Repair the requested faults of a scan, where they are detected.

    Args:
        scan: The measured scan.
        asked: The repairs that are requested.

    Returns:
        A job whose result is the repaired scan on the same grid, its history with the repairs;
        the scan itself where none of these faults is detected.
    """
    faults = yield from volume_faults(scan)
    there = {"brightness": faults.banded, "motion": faults.moved, "slices": bool(faults.bad)}
    done = tuple(name for name in asked if there[name])
    voxels, padded = scan.voxels, scan.padded
    if padded is not None:
        floor = volume_intensity(scan).floor
        voxels = filled(voxels, padded, faults.axis, floor)
    if "brightness" in done:
        voxels = evened(voxels, faults, volume_intensity(scan).floor)
    if "motion" in done:
        voxels = yield from moved_back(voxels, faults)
        if padded is not None:
            padded = (yield from moved_back(padded.astype(np.float32), faults)) > 0.5
    if "slices" in done:
        voxels = bridged(voxels, faults, _usable(scan, faults))
    if not done:
        return RepairedScan(scan, scan, faults, asked, done)
    if padded is not None and scan.padding is not None:
        voxels = marked(np.array(voxels), padded, scan.padding)
    corrected = scan.derived(voxels, scan.geometry, f"repaired: {', '.join(done)}")
    if "slices" in done and scan.planes is not None:
        corrected = replace(corrected, planes=_without(scan.planes, faults))
    return RepairedScan(scan, corrected, faults, asked, done)


def repaired_as(scan: Volume, done: tuple[Repair, ...]) -> Job[RepairedScan]:
    """Repeat the repairs of an earlier reconstruction.

    Args:
        scan: The measured scan.
        done: The repairs that its provenance lists.

    Returns:
        A job whose result is the repaired scan; the scan itself, unchecked, for no repairs.
    """
    if not done:
        return RepairedScan(scan, scan, SliceFaults(scan.geometry.slice_axis), (), ())
    return (yield from repaired(scan, done))


def settled(result: Reconstruction, corrected: RepairedScan) -> Reconstruction:
    """A reconstruction of a repaired scan, completed by the gaps and the notes on the repairs.

    Args:
        result: The reconstruction of the corrected scan.
        corrected: The repaired scan.

    Returns:
        The reconstruction with the empty value in slices that count as gaps, 0 there in its maps,
        residual and agreement with the measured slices, the repairs, and a note on each.
    """
    lines = _lines(corrected)
    if not corrected.done:
        return replace(result, warnings=(*lines, *result.warnings))
    empty = empty_value(corrected.measured)
    consistency, residual = result.consistency, result.residual
    if residual.geometry.matches(corrected.scan.geometry):
        voxels, judged = corrected.agreement(residual.voxels)
        residual = replace(residual, voxels=voxels)
        consistency = consistency_of(judged, result.data_range)
    maps = (result.disagreement, result.spread, result.texture_change)
    disagreement, spread, change = (_map_emptied(volume, corrected) for volume in maps)
    return replace(
        result,
        volume=_emptied(result.volume, corrected, empty),
        disagreement=disagreement,
        spread=spread,
        texture_change=change,
        residual=residual,
        consistency=consistency,
        repaired=corrected.done,
        warnings=(*lines, *result.warnings),
    )


def _usable(scan: Volume, faults: SliceFaults) -> tuple[int, ...]:
    measured = measured_planes(scan.geometry.shape[faults.axis], faults.axis, scan.planes)
    bad = {each.number for each in faults.bad}
    return tuple(int(n) for n in np.flatnonzero(measured) if n not in bad)


def _without(planes: Planes, faults: SliceFaults) -> Planes:
    bad = {each.number for each in faults.bad}
    places = enumerate(planes.places_mm)
    return replace(planes, places_mm=tuple(None if n in bad else mm for n, mm in places))


def _map_emptied(volume: Volume | None, corrected: RepairedScan) -> Volume | None:
    return None if volume is None else _emptied(volume, corrected, 0.0)


def _emptied(volume: Volume, corrected: RepairedScan, value: float) -> Volume:
    """``volume`` with ``value`` where slices count as gaps, on whatever grid it lies."""
    if not corrected.left_out:
        return volume
    voxels = np.array(volume.voxels)
    inside = _inside(volume.geometry, corrected)
    np.moveaxis(voxels, corrected.faults.axis, 0)[inside] = value
    return replace(volume, voxels=voxels)


def _inside(grid: Geometry, corrected: RepairedScan) -> npt.NDArray[np.bool_]:
    """The planes of ``grid`` in a slice that counts as a gap, (n,)."""
    axis = corrected.faults.axis
    index = np.zeros((grid.shape[axis], 3))
    index[:, axis] = np.arange(grid.shape[axis])
    places = corrected.scan.geometry.index(grid.world(index))[:, axis]
    return np.isin(np.floor(places + 0.5 - 1e-6), corrected.left_out)


def _lines(corrected: RepairedScan) -> tuple[str, ...]:
    """Notes for the user: the repairs, and the volume that the agreement is measured with."""
    lines = []
    faults, axis = corrected.faults, corrected.faults.axis
    if "brightness" in corrected.done:
        lines.append(
            f"Repaired: every second slice was made as bright as the others (divided by "
            f"{faults.ratio:.3f})."
        )
    if "motion" in corrected.done:
        plane = [AXIS_NAMES[a] for a in range(3) if a != axis]
        steps = [f"{-mm:+.2f} along {name}" for mm, name in zip(faults.shift, plane, strict=True)]
        lines.append(f"Repaired: every second slice was moved by {' and '.join(steps)} (voxels).")
    if corrected.left_out:
        numbers = slice_numbers(corrected.left_out)
        lines.append(
            f"Left out as gaps: slices {numbers} (from 1) along {AXIS_NAMES[axis]}. The result "
            f"holds {empty_value(corrected.measured):.6g} there."
        )
    if corrected.done:
        lines.append(_agreement_with(corrected))
    missing = [name for name in corrected.asked if name not in corrected.done]
    if missing:
        lines.append(f"Nothing to repair was seen of: {', '.join(missing)}.")
    return tuple(lines)


def _agreement_with(corrected: RepairedScan) -> str:
    if "motion" in corrected.done:
        which = "the corrected scan, not with the measured one"
    elif "brightness" in corrected.done:
        which = "the scan as it was measured, each slice in its own brightness"
    else:
        which = "the scan as it was measured"
    others = ", without the slices that were left out" if corrected.left_out else ""
    return f"The agreement is with {which}{others}."
