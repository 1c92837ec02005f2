"""The warnings of faults between slices, for people and for the JSON."""

from math import hypot

from srviewer.core.geometry.grid import AXIS_NAMES, Geometry
from srviewer.core.percentage import percentage
from srviewer.core.slice_faults.bad_slices import BadSlice, Kind
from srviewer.core.slice_faults.faults import SliceFaults
from srviewer.core.volumes.volume import ScanWarning

MOTION, BRIGHTNESS, BAD_SLICE = "interleave_motion", "slice_brightness", "bad_slice"
FAULT_CODES = (MOTION, BRIGHTNESS, BAD_SLICE)
WORDS: dict[Kind, str] = {
    "dark": "dark",
    "bright": "bright",
    "repeated": "a repeat of a neighbour",
    "unlike": "unlike both neighbours",
}
REPAIRING = "; repairing '"  # begins the advice at the end of each message
MOST_NAMED = 8  # slices in a message; ``where_mm`` has all


def slice_fault_warnings(faults: SliceFaults, geometry: Geometry) -> tuple[ScanWarning, ...]:
    """A warning for each kind of fault.

    Args:
        faults: The faults of a scan.
        geometry: The grid of the scan.

    Returns:
        The warnings, with the positions of the slices in mm along their normal.
    """
    every_second = tuple(range(1, geometry.shape[faults.axis], 2))
    messages = []
    if faults.moved:
        messages.append((MOTION, _motion(faults, geometry), every_second))
    if faults.banded:
        messages.append((BRIGHTNESS, _brightness(faults), every_second))
    if faults.bad:
        numbers = tuple(bad_slice.number for bad_slice in faults.bad)
        messages.append((BAD_SLICE, _bad(faults.bad), numbers))
    return tuple(
        ScanWarning(code, message, _places(geometry, faults.axis, numbers))
        for code, message, numbers in messages
    )


def without_repair(message: str) -> str:
    """The message of a fault where nothing is repaired, as where stacks are joined.

    Args:
        message: Of a warning of any kind.

    Returns:
        The message without the advice to repair the fault, which is its last clause.
    """
    start, advice, _ = message.partition(REPAIRING)
    return f"{start}." if advice else message


def _motion(faults: SliceFaults, geometry: Geometry) -> str:
    plane = [axis for axis in range(3) if axis != faults.axis]
    steps = [
        f"{voxels:+.1f} voxels ({voxels * geometry.spacing[axis]:+.1f} mm) along {AXIS_NAMES[axis]}"
        for axis, voxels in zip(plane, faults.shift, strict=True)
        if abs(voxels) >= hypot(*faults.shift) / 10
    ]
    return (
        f"The patient moved between interleaved slices: every second slice, from the second on, "
        f"lies {' and '.join(steps)} from the others. A reconstruction sharpens the steps between "
        "them; repairing 'motion' moves these slices back first."
    )


def _brightness(faults: SliceFaults) -> str:
    change = abs(faults.ratio - 1)
    which = "brighter" if faults.ratio > 1 else "darker"
    return (
        f"Every second slice, from the second on, is {percentage(change)} {which} than the others "
        "(cross-talk of interleaved slices). A reconstruction sharpens the bands; repairing "
        "'brightness' makes the slices equal first."
    )


def _bad(bad: tuple[BadSlice, ...]) -> str:
    named = [f"slice {each.number + 1} is {WORDS[each.kind]}" for each in bad[:MOST_NAMED]]
    more = f" and {len(bad) - MOST_NAMED} more" if len(bad) > MOST_NAMED else ""
    text = ", ".join(named)
    return (
        f"{text[0].upper()}{text[1:]}{more} (counted from 1). A reconstruction carries that into "
        "the slices beside; repairing 'slices' leaves such slices out, as gaps."
    )


def _places(geometry: Geometry, axis: int, numbers: tuple[int, ...]) -> tuple[float, ...]:
    """The positions of slices in mm along their normal."""
    first = float(geometry.normal(axis) @ geometry.affine[:3, 3])
    return tuple(round(first + number * geometry.distance(axis), 3) for number in numbers)
