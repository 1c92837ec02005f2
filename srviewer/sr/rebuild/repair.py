"""A scan whose slices are at fault, corrected before it is rebuilt, and what comes of that."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srviewer.core.acquisition.degradation import size_of
from srviewer.core.geometry.grid import AXIS_NAMES, Geometry
from srviewer.core.geometry.slice_runs import Planes, runs
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.intensity.padding import empty_value, filled, marked
from srviewer.core.slice_faults.faults import SliceFaults, measured_planes, volume_faults
from srviewer.core.slice_faults.repair import bridged, evened, moved_back
from srviewer.core.slice_faults.warnings import BAD_SLICE, BRIGHTNESS, MOTION
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
    """``measured``: the scan as it was, ``scan``: what is rebuilt. ``done``: what was repaired.

    ``asked``: what was to be repaired, where it is at fault.
    """

    measured: Volume
    scan: Volume
    faults: SliceFaults
    asked: tuple[Repair, ...]
    done: tuple[Repair, ...]

    @property
    def left_out(self) -> tuple[int, ...]:
        """The slices that count as gaps, by their numbers from 0."""
        return tuple(one.number for one in self.faults.bad) if "slices" in self.done else ()

    def with_gaps(self) -> Volume:
        """The corrected scan with bad slices as gaps, where they leave no slice alone.

        What lies beside a gap is rebuilt better without an invented slice in it, by 0.1 dB over a
        whole stack. Else the scan as it is, with bad slices bridged.
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

    def agreement(self, off: Voxels) -> tuple[Voxels, Voxels]:
        """A residual of the corrected scan as that of the measured one, and its values that count.

        Brightness is that of the measured slices again; slices that count as gaps are 0 and do not
        count, nor does padding.
        """
        off = np.array(off)
        rows = np.moveaxis(off, self.faults.axis, 0)
        if "brightness" in self.done:
            rows[1::2] *= np.float32(self.faults.ratio)
        counts = np.ones(off.shape, bool) if self.scan.padded is None else ~self.scan.padded
        for number in self.left_out:
            rows[number] = 0
            np.moveaxis(counts, self.faults.axis, 0)[number] = False
        return off, off[counts] if counts.any() else off


def repairs_for(warnings: tuple[ScanWarning, ...]) -> tuple[Repair, ...]:
    """The repairs for the faults that a scan's warnings tell of, in the order of REPAIRS."""
    codes = {warning.code for warning in warnings}
    return tuple(name for name in REPAIRS if REPAIRED_BY[name] in codes)


def repaired(scan: Volume, asked: tuple[Repair, ...]) -> Job[RepairedScan]:
    """``scan`` with those of its faults corrected that are ``asked`` for and there."""
    faults = yield from volume_faults(scan)
    there = {"brightness": faults.banded, "motion": faults.moved, "slices": bool(faults.bad)}
    done = tuple(name for name in asked if there[name])
    made, padded = scan.voxels, scan.padded
    if padded is not None:
        floor = volume_intensity(scan).floor
        made = filled(made, padded, faults.axis, floor)
    if "brightness" in done:
        made = evened(made, faults, volume_intensity(scan).floor)
    if "motion" in done:
        made = yield from moved_back(made, faults)
        if padded is not None:
            padded = (yield from moved_back(padded.astype(np.float32), faults)) > 0.5
    if "slices" in done:
        made = bridged(made, faults, _usable(scan, faults))
    if not done:
        return RepairedScan(scan, scan, faults, asked, done)
    if padded is not None and scan.padding is not None:
        made = marked(np.array(made), padded, scan.padding)
    corrected = scan.derived(made, scan.geometry, f"repaired: {', '.join(done)}")
    if "slices" in done and scan.planes is not None:
        corrected = replace(corrected, planes=_without(scan.planes, faults))
    return RepairedScan(scan, corrected, faults, asked, done)


def repaired_as(scan: Volume, done: tuple[Repair, ...]) -> Job[RepairedScan]:
    """``scan`` as it was rebuilt when ``done`` was repaired; itself where that is nothing."""
    if not done:
        return RepairedScan(scan, scan, SliceFaults(scan.geometry.slice_axis), (), ())
    return (yield from repaired(scan, done))


def settled(result: Reconstruction, made: RepairedScan) -> Reconstruction:
    """``result``, rebuilt from a corrected scan, with its gaps left empty and all of it said."""
    lines = _lines(made)
    if not made.done:
        return replace(result, warnings=(*lines, *result.warnings))
    empty = empty_value(made.measured)
    consistency, residual = result.consistency, result.residual
    if residual.geometry.matches(made.scan.geometry):
        off, judged = made.agreement(residual.voxels)
        residual = replace(residual, voxels=off)
        consistency = size_of(judged, result.data_range)
    maps = (result.disagreement, result.spread, result.texture_change)
    disagreement, spread, change = (_map_emptied(volume, made) for volume in maps)
    return replace(
        result,
        volume=_emptied(result.volume, made, empty),
        disagreement=disagreement,
        spread=spread,
        texture_change=change,
        residual=residual,
        consistency=consistency,
        repaired=made.done,
        warnings=(*lines, *result.warnings),
    )


def _usable(scan: Volume, faults: SliceFaults) -> tuple[int, ...]:
    measured = measured_planes(scan.geometry.shape[faults.axis], faults.axis, scan.planes)
    bad = {one.number for one in faults.bad}
    return tuple(int(n) for n in np.flatnonzero(measured) if n not in bad)


def _without(planes: Planes, faults: SliceFaults) -> Planes:
    bad = {one.number for one in faults.bad}
    places = enumerate(planes.places_mm)
    return replace(planes, places_mm=tuple(None if n in bad else mm for n, mm in places))


def _map_emptied(volume: Volume | None, made: RepairedScan) -> Volume | None:
    return None if volume is None else _emptied(volume, made, 0.0)


def _emptied(volume: Volume, made: RepairedScan, value: float) -> Volume:
    """``volume`` with ``value`` where slices count as gaps, on whatever grid it lies."""
    if not made.left_out:
        return volume
    voxels = np.array(volume.voxels)
    inside = _inside(volume.geometry, made)
    np.moveaxis(voxels, made.faults.axis, 0)[inside] = value
    return replace(volume, voxels=voxels)


def _inside(grid: Geometry, made: RepairedScan) -> npt.NDArray[np.bool_]:
    """Which planes of ``grid`` lie in a slice that counts as a gap."""
    axis = made.faults.axis
    index = np.zeros((grid.shape[axis], 3))
    index[:, axis] = np.arange(grid.shape[axis])
    places = made.scan.geometry.index(grid.world(index))[:, axis]
    return np.isin(np.floor(places + 0.5 - 1e-6), made.left_out)


def _lines(made: RepairedScan) -> tuple[str, ...]:
    """For people: what was repaired, and what the agreement is with."""
    lines = []
    faults, axis = made.faults, made.faults.axis
    if "brightness" in made.done:
        lines.append(
            f"Repaired: every second slice was made as bright as the others (divided by "
            f"{faults.ratio:.3f})."
        )
    if "motion" in made.done:
        plane = [AXIS_NAMES[a] for a in range(3) if a != axis]
        steps = [f"{-mm:+.2f} along {name}" for mm, name in zip(faults.shift, plane, strict=True)]
        lines.append(f"Repaired: every second slice was moved by {' and '.join(steps)} (voxels).")
    if made.left_out:
        numbers = ", ".join(str(number + 1) for number in made.left_out)
        lines.append(
            f"Left out as gaps: slices {numbers} (from 1) along {AXIS_NAMES[axis]}. The result "
            f"holds {empty_value(made.measured):.6g} there."
        )
    if made.done:
        lines.append(_agreement_with(made))
    missing = [name for name in made.asked if name not in made.done]
    if missing:
        lines.append(f"Nothing to repair was seen of: {', '.join(missing)}.")
    return tuple(lines)


def _agreement_with(made: RepairedScan) -> str:
    if "motion" in made.done:
        which = "the corrected scan, not with the measured one"
    elif "brightness" in made.done:
        which = "the scan as it was measured, each slice in its own brightness"
    else:
        which = "the scan as it was measured"
    others = ", without the slices that were left out" if made.left_out else ""
    return f"The agreement is with {which}{others}."
