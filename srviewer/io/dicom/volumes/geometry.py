"""The grid of DICOM slices by their positions, with a warning for each deviation from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.core.counted import counted, inflected
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.geometry.slice_runs import Planes, runs
from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.headers.surplus_pixels import surplus_warnings
from srviewer.io.dicom.volumes.slice_positions import clusters, position_tolerance_mm
from srviewer.io.nifti.geometry import oblique_warning

Slots = npt.NDArray[np.int64]

# The largest distance of a slice from its position on the grid, in spacings.
POSITION_TOLERANCE = 0.05
TAG_TOLERANCE = 0.05
TILT_DEGREES = 0.5
CUT_SHORT = "its files are cut short, and fewer than two slices are whole; copy them again"
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Stack:
    """Slices on a grid: slice ``n`` is the plane ``k = slots[n]``.

    Attributes:
        slices: The slices, sorted along their normal.
        slots: The plane of each slice, rising; planes without a slice are missing slices.
        geometry: The grid, (i, j, k) = (column, row, plane), in RAS+ mm.
        warnings: Deviations from a regular grid, and assumptions.
        planes: The true positions of the planes, None where they are those of the grid.
    """

    slices: tuple[SliceHeader, ...]
    slots: tuple[int, ...]
    geometry: Geometry
    warnings: tuple[ScanWarning, ...]
    planes: Planes | None = None


def stacked(slices: Sequence[SliceHeader]) -> Stack:
    """Stack slices of one size and orientation on one grid.

    Args:
        slices: At least two slices, in any order.

    Returns:
        The slices along their normal, without those that are cut short or repeat a position; in the
        order of their instance numbers where positions are unknown.

    Raises:
        ValueError: Fewer than two slices have a position of their own.
    """
    warnings = list(storage_warnings(slices))
    if slices[0].position is None or slices[0].orientation is None:
        return _unplaced(slices, warnings)
    in_plane = in_plane_steps(slices[0], warnings)
    normal = np.cross(unit(in_plane[:, 0]), unit(in_plane[:, 1]))
    ordered = sorted(slices, key=lambda s: (_along(s, normal), s.instance))
    ordered = _without_truncated(ordered, normal, warnings)
    if len(ordered) < 2:
        raise ValueError(CUT_SHORT)
    ordered = _without_duplicates(ordered, normal, warnings)
    if len(ordered) < 2:
        raise ValueError("fewer than two slices have positions of their own")
    positions_mm = np.array([_along(header, normal) for header in ordered])
    slots, step = _slots(positions_mm, warnings)
    corners = np.array([header.position for header in ordered], float)
    drift = (corners[-1] - corners[0]) / (positions_mm[-1] - positions_mm[0])
    _check_sideways(corners, positions_mm, drift, in_plane, warnings)
    _check_tag(ordered[0], step, warnings)
    lps = np.eye(4)
    lps[:3, :3] = np.column_stack([in_plane, drift * step])
    lps[:3, 3] = corners[0]
    geometry = Geometry(_shape(ordered[0], int(slots[-1]) + 1), LPS_TO_RAS @ lps)
    warnings.extend(_angle_warnings(geometry, drift))
    return Stack(
        tuple(ordered),
        tuple(slots.tolist()),
        geometry,
        tuple(warnings),
        _planes(positions_mm, slots, warnings),
    )


def storage_warnings(slices: Sequence[SliceHeader]) -> Iterator[ScanWarning]:
    """Warnings for more bytes than promised, and grey values as inverted numbers or colours.

    Args:
        slices: The slices of a stack.

    Yields:
        One warning for each kind of storage.
    """
    yield from surplus_warnings(header.file for header in slices)
    if any(header.file.dark_is_high for header in slices):
        message = "Stored with high numbers for dark (MONOCHROME1); turned over, bright is high."
        yield ScanWarning("inverted", message)
    if any(header.file.photometric == "PALETTE COLOR" for header in slices):
        message = (
            "Stored as colours of a palette; shown as their brightness, which is no measurement "
            "unless the palette is grey."
        )
        yield ScanWarning("palette_colour", message)


def in_plane_steps(header: SliceHeader, warnings: list[ScanWarning]) -> Matrix:
    """The steps from a pixel to the next column and to the next row.

    Args:
        header: A slice; without directions it is taken for an axial one.
        warnings: Gets a warning where the pixel spacing is unknown.

    Returns:
        (3, 2) LPS mm.
    """
    orientation = np.array(header.orientation or (1, 0, 0, 0, 1, 0), float)
    row = unit(orientation[:3])
    column = unit(orientation[3:] - (orientation[3:] @ row) * row)
    if header.pixel_spacing is None:
        message = "The header gives no pixel spacing; 1 mm is assumed. Distances are not reliable."
        warnings.append(ScanWarning("spacing_unknown", message))
    rows_mm, columns_mm = header.pixel_spacing or (1.0, 1.0)
    return np.column_stack([row * columns_mm, column * rows_mm])


def _along(header: SliceHeader, normal: Matrix) -> float:
    """The slice's position in mm along the normal; the same number in LPS and in RAS."""
    return float(np.dot(header.position or (0, 0, 0), normal))


def _without_truncated(
    slices: list[SliceHeader], normal: Matrix, warnings: list[ScanWarning]
) -> list[SliceHeader]:
    cut = [header for header in slices if header.file.truncated]
    if cut:
        what = inflected(len(cut), "is left out: its file is", "are left out: their files are")
        message = f"{len(cut)} of {len(slices)} slices {what} cut short."
        warnings.append(
            ScanWarning("truncated", message, tuple(_along(header, normal) for header in cut))
        )
    return [header for header in slices if not header.file.truncated]


def _without_duplicates(
    slices: list[SliceHeader], normal: Matrix, warnings: list[ScanWarning]
) -> list[SliceHeader]:
    positions_mm = np.array([_along(header, normal) for header in slices])
    labels = clusters(positions_mm, position_tolerance_mm(slices))
    first = np.diff(labels, prepend=-1) > 0
    distinct = [header for header, new in zip(slices, first, strict=True) if new]
    twice = positions_mm[~first].tolist()
    if twice:
        message = (
            f"{counted(len(twice), 'slice lies', 'slices lie')} where another one lies already; "
            "the first of each place is shown. The series may hold several images that its header "
            "does not distinguish."
        )
        warnings.append(ScanWarning("duplicate_positions", message, tuple(sorted(set(twice)))))
    return distinct


def _slots(positions_mm: Matrix, warnings: list[ScanWarning]) -> tuple[Slots, float]:
    """The plane of each slice on a regular grid, and the mm between planes along the normal."""
    regular = np.arange(len(positions_mm))
    if _fits(positions_mm, regular):
        return regular, float((positions_mm[-1] - positions_mm[0]) / regular[-1])
    gaps = np.diff(positions_mm)
    usual = float(np.median(gaps))
    jumps = np.rint(gaps / usual).astype(np.int64)
    slots = np.concatenate([[0], np.cumsum(jumps)])
    # More empty planes than slices: two stacks in one series rather than one with holes.
    if jumps.min() >= 1 and slots[-1] < 2 * len(positions_mm) and _fits(positions_mm, slots):
        step = float((positions_mm[-1] - positions_mm[0]) / slots[-1])
        warnings.append(_missing(positions_mm, slots, step))
        return slots, step
    odd = np.abs(gaps - usual) > POSITION_TOLERANCE * usual
    message = (
        f"The slices are {gaps.min():.4g} to {gaps.max():.4g} mm apart, measured across them. They "
        f"are shown as if all were {usual:.4g} mm apart, so distances across slices are wrong "
        f"where they are not."
    )
    warnings.append(ScanWarning("uneven_gaps", message, tuple(positions_mm[:-1][odd].tolist())))
    return regular, usual


def _planes(positions_mm: Matrix, slots: Slots, warnings: Sequence[ScanWarning]) -> Planes | None:
    if not {"missing_slices", "uneven_gaps"} & {warning.code for warning in warnings}:
        return None
    position_of_plane = dict(
        zip(slots.tolist(), (positions_mm - positions_mm[0]).tolist(), strict=True)
    )
    planes = Planes(2, tuple(position_of_plane.get(k) for k in range(int(slots[-1]) + 1)))
    return planes if len(runs(planes)) > 1 else None


def _fits(positions_mm: Matrix, slots: Slots) -> bool:
    step = (positions_mm[-1] - positions_mm[0]) / slots[-1]
    largest_error_mm = np.abs(positions_mm - positions_mm[0] - slots * step).max()
    return bool(largest_error_mm <= POSITION_TOLERANCE * step)


def _missing(positions_mm: Matrix, slots: Slots, step: float) -> ScanWarning:
    empty = sorted(set(range(int(slots[-1]) + 1)) - set(slots.tolist()))
    missing_mm = tuple(float(positions_mm[0] + k * step) for k in empty)
    listed = ", ".join(f"{position_mm:.1f}" for position_mm in missing_mm[:8]) + (
        " ..." if missing_mm[8:] else ""
    )
    missing = counted(len(empty), "slice is", "slices are")
    message = (
        f"{missing} missing between {len(slots)} that are {step:.4g} mm apart. "
        f"What is missing is left empty (mm along the stack: {listed}). Look for the missing files."
    )
    return ScanWarning("missing_slices", message, missing_mm)


def _check_sideways(
    corners: Matrix,
    positions_mm: Matrix,
    drift: Matrix,
    in_plane: Matrix,
    warnings: list[ScanWarning],
) -> None:
    """Warn when slices do not lie on a straight line, which no affine can express."""
    position_errors_mm = corners - corners[0] - np.outer(positions_mm - positions_mm[0], drift)
    distances_mm = np.linalg.norm(position_errors_mm, axis=1)
    if distances_mm.max() <= 0.5 * np.linalg.norm(in_plane, axis=0).min():
        return
    message = (
        f"The slices are shifted sideways against each other by up to {distances_mm.max():.3g} mm "
        "and are shown as a straight stack."
    )
    warnings.append(
        ScanWarning(
            "uneven_gaps",
            message,
            tuple(positions_mm[distances_mm > distances_mm.max() / 2].tolist()),
        )
    )


def _check_tag(header: SliceHeader, measured: float, warnings: list[ScanWarning]) -> None:
    stated = abs(header.spacing_tag or 0.0)
    if not stated or abs(stated - measured) <= TAG_TOLERANCE * measured:
        return
    thickness = f" (slice thickness {header.thickness:.4g} mm)" if header.thickness else ""
    message = (
        f"The header says {stated:.4g} mm between slices; their positions say {measured:.4g} mm"
        f"{thickness}. Positions are used."
    )
    warnings.append(ScanWarning("spacing_tag_wrong", message))


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


def _unplaced(slices: Sequence[SliceHeader], warnings: list[ScanWarning]) -> Stack:
    """Slices of unknown position, in the order of their instance numbers."""
    whole = sorted((s for s in slices if not s.file.truncated), key=lambda s: (s.instance, s.frame))
    if len(whole) < 2:
        raise ValueError(CUT_SHORT)
    in_plane = in_plane_steps(whole[0], warnings)
    step = abs(whole[0].spacing_tag or whole[0].thickness or 0.0)
    message = (
        "The headers do not say where the slices lie. They are shown in the order of their "
        "numbers; left and right, and every other direction, are a guess."
    )
    warnings.append(ScanWarning("orientation_unknown", message))
    if not step:
        message = "The headers give no slice spacing; 1 mm is assumed."
        warnings.append(ScanWarning("spacing_unknown", message))
    lps = np.eye(4)
    normal = np.cross(unit(in_plane[:, 0]), unit(in_plane[:, 1]))
    lps[:3, :3] = np.column_stack([in_plane, normal * (step or 1.0)])
    geometry = Geometry(_shape(whole[0], len(whole)), LPS_TO_RAS @ lps)
    return Stack(tuple(whole), tuple(range(len(whole))), geometry, tuple(warnings))


def _shape(header: SliceHeader, planes: int) -> tuple[int, int, int]:
    return header.columns, header.rows, planes


def unit(vector: Matrix) -> Matrix:
    """The unit vector along a vector.

    Args:
        vector: (3,), not 0.

    Returns:
        (3,) of length 1.
    """
    return np.asarray(vector / np.linalg.norm(vector))
