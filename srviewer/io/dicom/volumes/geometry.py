"""From the positions of DICOM slices to one grid, with a warning wherever they do not fit one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.geometry.slice_runs import Planes, runs
from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.volumes.slice_positions import clusters, same_place_mm
from srviewer.io.nifti.geometry import oblique_warning

Slots = npt.NDArray[np.int64]

# How far a slice may lie from its place on the grid, in spacings.
PLACE_TOLERANCE = 0.05
TAG_TOLERANCE = 0.05
TILT_DEGREES = 0.5
CUT_SHORT = "its files are cut short, and fewer than two slices are whole; copy them again"
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Stack:
    """Slices on a grid: slice ``n`` is the plane ``k = slots[n]`` of ``geometry``.

    Planes that no slice lies on are missing slices. ``planes``: where the slices truly lie, None
    where that is on the grid.
    """

    slices: tuple[SliceHeader, ...]
    slots: tuple[int, ...]
    geometry: Geometry
    warnings: tuple[ScanWarning, ...]
    planes: Planes | None = None


def stacked(slices: Sequence[SliceHeader]) -> Stack:
    """At least two slices of one size and orientation, sorted along their normal, on one grid.

    Raises ValueError when fewer than two of them have a place of their own.
    """
    found = list(_colour_notes(slices))
    if slices[0].position is None or slices[0].orientation is None:
        return _unplaced(slices, found)
    in_plane = _in_plane(slices[0], found)
    normal = np.cross(_unit(in_plane[:, 0]), _unit(in_plane[:, 1]))
    ordered = sorted(slices, key=lambda s: (_along(s, normal), s.instance))
    ordered = _without_truncated(ordered, normal, found)
    if len(ordered) < 2:
        raise ValueError(CUT_SHORT)
    ordered = _without_duplicates(ordered, normal, found)
    if len(ordered) < 2:
        raise ValueError("fewer than two slices lie at places of their own")
    where = np.array([_along(one, normal) for one in ordered])
    slots, step = _slots(where, found)
    corners = np.array([one.position for one in ordered], float)
    drift = (corners[-1] - corners[0]) / (where[-1] - where[0])
    _check_sideways(corners, where, drift, in_plane, found)
    _check_tag(ordered[0], step, found)
    lps = np.eye(4)
    lps[:3, :3] = np.column_stack([in_plane, drift * step])
    lps[:3, 3] = corners[0]
    geometry = Geometry(_shape(ordered[0], int(slots[-1]) + 1), LPS_TO_RAS @ lps)
    found.extend(_angle_warnings(geometry, drift))
    return Stack(
        tuple(ordered), tuple(slots.tolist()), geometry, tuple(found), _planes(where, slots, found)
    )


def _colour_notes(slices: Sequence[SliceHeader]) -> Iterator[ScanWarning]:
    """What was done to grey values that are stored as something else."""
    if any(one.file.dark_is_high for one in slices):
        message = "Stored with high numbers for dark (MONOCHROME1); turned over, bright is high."
        yield ScanWarning("inverted", message)
    if any(one.file.photometric == "PALETTE COLOR" for one in slices):
        message = (
            "Stored as colours of a palette; shown as their brightness, which is no measurement "
            "unless the palette is grey."
        )
        yield ScanWarning("palette_colour", message)


def _in_plane(one: SliceHeader, found: list[ScanWarning]) -> Matrix:
    """(3, 2) LPS mm: the steps from a pixel to the next column and to the next row."""
    orientation = np.array(one.orientation or (1, 0, 0, 0, 1, 0), float)
    row = _unit(orientation[:3])
    column = _unit(orientation[3:] - (orientation[3:] @ row) * row)
    if one.pixel_spacing is None:
        message = "The header gives no pixel spacing; 1 mm is assumed. Distances are not reliable."
        found.append(ScanWarning("spacing_unknown", message))
    rows_mm, columns_mm = one.pixel_spacing or (1.0, 1.0)
    return np.column_stack([row * columns_mm, column * rows_mm])


def _along(one: SliceHeader, normal: Matrix) -> float:
    """The slice's place in mm along the normal; the same number in LPS and in RAS."""
    return float(np.dot(one.position or (0, 0, 0), normal))


def _without_truncated(
    slices: list[SliceHeader], normal: Matrix, found: list[ScanWarning]
) -> list[SliceHeader]:
    cut = [one for one in slices if one.file.truncated]
    if cut:
        message = f"{len(cut)} of {len(slices)} slices are left out: their files are cut short."
        found.append(ScanWarning("truncated", message, tuple(_along(one, normal) for one in cut)))
    return [one for one in slices if not one.file.truncated]


def _without_duplicates(
    slices: list[SliceHeader], normal: Matrix, found: list[ScanWarning]
) -> list[SliceHeader]:
    where = np.array([_along(one, normal) for one in slices])
    labels = clusters(where, same_place_mm(slices))
    first = np.diff(labels, prepend=-1) > 0
    kept = [one for one, new in zip(slices, first, strict=True) if new]
    twice = where[~first].tolist()
    if twice:
        message = (
            f"{len(twice)} slices lie at places that already have one; the first of each place is "
            "shown. The series may hold several images that nothing in its header tells apart."
        )
        found.append(ScanWarning("duplicate_positions", message, tuple(sorted(set(twice)))))
    return kept


def _slots(where: Matrix, found: list[ScanWarning]) -> tuple[Slots, float]:
    """The plane of each slice on a regular grid, and the mm between planes along the normal."""
    regular = np.arange(len(where))
    if _fits(where, regular):
        return regular, float((where[-1] - where[0]) / regular[-1])
    gaps = np.diff(where)
    usual = float(np.median(gaps))
    jumps = np.rint(gaps / usual).astype(np.int64)
    slots = np.concatenate([[0], np.cumsum(jumps)])
    # More empty planes than slices: two stacks in one series rather than one with holes.
    if jumps.min() >= 1 and slots[-1] < 2 * len(where) and _fits(where, slots):
        step = float((where[-1] - where[0]) / slots[-1])
        found.append(_missing(where, slots, step))
        return slots, step
    odd = np.abs(gaps - usual) > PLACE_TOLERANCE * usual
    message = (
        f"The slices are {gaps.min():.4g} to {gaps.max():.4g} mm apart, measured across them. They "
        f"are shown as if all were {usual:.4g} mm apart, so distances across slices are wrong "
        f"where they are not."
    )
    found.append(ScanWarning("uneven_gaps", message, tuple(where[:-1][odd].tolist())))
    return regular, usual


def _planes(where: Matrix, slots: Slots, found: Sequence[ScanWarning]) -> Planes | None:
    if not {"missing_slices", "uneven_gaps"} & {warning.code for warning in found}:
        return None
    at = dict(zip(slots.tolist(), (where - where[0]).tolist(), strict=True))
    planes = Planes(2, tuple(at.get(k) for k in range(int(slots[-1]) + 1)))
    return planes if len(runs(planes)) > 1 else None


def _fits(where: Matrix, slots: Slots) -> bool:
    step = (where[-1] - where[0]) / slots[-1]
    off = np.abs(where - where[0] - slots * step).max()
    return bool(off <= PLACE_TOLERANCE * step)


def _missing(where: Matrix, slots: Slots, step: float) -> ScanWarning:
    empty = sorted(set(range(int(slots[-1]) + 1)) - set(slots.tolist()))
    places = tuple(float(where[0] + k * step) for k in empty)
    listed = ", ".join(f"{place:.1f}" for place in places[:8]) + (" ..." if places[8:] else "")
    missing = "1 slice is" if len(empty) == 1 else f"{len(empty)} slices are"
    message = (
        f"{missing} missing between {len(slots)} that are {step:.4g} mm apart. "
        f"What is missing is left empty (mm along the stack: {listed}). Look for the missing files."
    )
    return ScanWarning("missing_slices", message, places)


def _check_sideways(
    corners: Matrix, where: Matrix, drift: Matrix, in_plane: Matrix, found: list[ScanWarning]
) -> None:
    """Warn when slices do not lie on a straight line, which no affine can express."""
    off = corners - corners[0] - np.outer(where - where[0], drift)
    aside = np.linalg.norm(off, axis=1)
    if aside.max() <= 0.5 * np.linalg.norm(in_plane, axis=0).min():
        return
    message = (
        f"The slices are shifted sideways against each other by up to {aside.max():.3g} mm and are "
        "shown as a straight stack."
    )
    found.append(
        ScanWarning("uneven_gaps", message, tuple(where[aside > aside.max() / 2].tolist()))
    )


def _check_tag(one: SliceHeader, measured: float, found: list[ScanWarning]) -> None:
    stated = abs(one.spacing_tag or 0.0)
    if not stated or abs(stated - measured) <= TAG_TOLERANCE * measured:
        return
    thickness = f" (slice thickness {one.thickness:.4g} mm)" if one.thickness else ""
    message = (
        f"The header says {stated:.4g} mm between slices; their positions say {measured:.4g} mm"
        f"{thickness}. Positions are used."
    )
    found.append(ScanWarning("spacing_tag_wrong", message))


def _angle_warnings(geometry: Geometry, drift: Matrix) -> tuple[ScanWarning, ...]:
    """A tilt of the stack against its slices; otherwise slices oblique in the patient."""
    # ``drift`` advances 1 mm along the normal, so its length is 1 / cos(tilt).
    tilt = float(np.degrees(np.arccos(1 / max(1.0, float(np.linalg.norm(drift))))))
    if tilt <= TILT_DEGREES:
        return oblique_warning(geometry)
    message = (
        f"The slices are tilted by {tilt:.1f} degrees against the direction in which they are "
        f"stacked (gantry tilt). The grid is sheared accordingly: {geometry.distance(2):.2f} mm "
        f"between slices, measured across them, are {geometry.spacing[2]:.2f} mm along the axis."
    )
    return (ScanWarning("gantry_tilt", message),)


def _unplaced(slices: Sequence[SliceHeader], found: list[ScanWarning]) -> Stack:
    """Slices without a place in the patient, in the order of their instance numbers."""
    whole = sorted((s for s in slices if not s.file.truncated), key=lambda s: (s.instance, s.frame))
    if len(whole) < 2:
        raise ValueError(CUT_SHORT)
    in_plane = _in_plane(whole[0], found)
    step = abs(whole[0].spacing_tag or whole[0].thickness or 0.0)
    message = (
        "The headers do not say where the slices lie. They are shown in the order of their "
        "numbers; left and right, and every other direction, are a guess."
    )
    found.append(ScanWarning("orientation_unknown", message))
    if not step:
        message = "The headers give no slice spacing; 1 mm is assumed."
        found.append(ScanWarning("spacing_unknown", message))
    lps = np.eye(4)
    normal = np.cross(_unit(in_plane[:, 0]), _unit(in_plane[:, 1]))
    lps[:3, :3] = np.column_stack([in_plane, normal * (step or 1.0)])
    geometry = Geometry(_shape(whole[0], len(whole)), LPS_TO_RAS @ lps)
    return Stack(tuple(whole), tuple(range(len(whole))), geometry, tuple(found))


def _shape(one: SliceHeader, planes: int) -> tuple[int, int, int]:
    return one.columns, one.rows, planes


def _unit(vector: Matrix) -> Matrix:
    return np.asarray(vector / np.linalg.norm(vector))
