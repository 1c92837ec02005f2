"""The grid of a NIfTI, Analyze or FreeSurfer image in the patient, by its header's codes."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from nibabel.analyze import AnalyzeHeader
from nibabel.freesurfer.mghformat import MGHHeader
from nibabel.nifti1 import Nifti1Header

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.geometry.space_codes import GUESSED_SPACE, SCANNER_SPACE, SpaceCodes, space_of
from srviewer.core.resampling.rigid_grid import nearest_rigid, stands_for
from srviewer.core.volumes.volume import ScanWarning

UNITS = {0: "unknown", 1: "meter", 2: "mm", 3: "micron"}
MILLIMETRES = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}
# qform and sform conflict when their positions of a corner differ by more than this share of a
# voxel, and than this share of the image: a quaternion near half a turn is that imprecise in
# float32.
CONFLICT_VOXELS = 0.05
QUATERNION_ERROR = 1e-3
OBLIQUE_DEGREES = 1.0
# Of unit vectors along the axes: below it they lie in one plane and span no grid.
LEAST_DETERMINANT = 1e-3
# A field of view outside these millimetres says that an unstated unit is hardly millimetres.
PLAUSIBLE_MM = (2.0, 3000.0)

Warnings = tuple[ScanWarning, ...]
Shape = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class LocatedGrid:
    """The grid of an image with its coordinate system.

    Attributes:
        geometry: The grid, in RAS+ mm.
        space: The codes of the space of these coordinates.
        warnings: Doubts about the grid.
    """

    geometry: Geometry
    space: SpaceCodes
    warnings: Warnings


def nifti_geometry(header: Nifti1Header, raw: Nifti1Header, shape: Shape) -> LocatedGrid:
    """Read the grid of a NIfTI image.

    The sform is taken when its code is set and it is a grid, else the qform on the same terms, else
    the orientation is unknown. Lengths are converted to mm from the unit in the header.

    Args:
        header: The header as nibabel repaired it.
        raw: The header as stored.
        shape: Voxels along (i, j, k).

    Returns:
        The grid with its space and the doubts about it.

    Raises:
        ValueError: A code is set and neither form is a grid (singular, not finite, not a rotation).
    """
    warnings: list[ScanWarning] = []
    unit = _unit(header)
    sform_code, qform_code = max(int(raw["sform_code"]), 0), max(int(raw["qform_code"]), 0)
    sform = _usable(shape, header.get_sform, unit) if sform_code else None
    qform = _usable(shape, header.get_qform, unit) if qform_code else None
    geometry = sform or qform
    if geometry is None and (sform_code or qform_code):
        raise ValueError("neither the sform nor the qform is a grid")
    if geometry is None:
        geometry = Geometry(shape, _in_mm(header.get_base_affine(), unit))
        warnings.append(_no_orientation())
    warnings += _unit_warnings(unit, geometry)
    conflict = _conflict(sform, qform) if sform_code and qform_code else ()
    warnings += conflict
    sizes = _pixdim_warnings(raw, from_pixdim=sform is None)
    warnings += sizes
    if sform is None and qform is not None:  # which some programs then mirror
        warnings += [
            ScanWarning("orientation_unknown", size_warning.message)
            for size_warning in sizes
            if size_warning.code == "negative_spacing"
        ]
    if sform is None and qform is None:
        space = GUESSED_SPACE
    else:
        ignore_qform = sform is not None and bool(conflict)
        space = space_of(sform_code if sform is not None else 0, 0 if ignore_qform else qform_code)
    return LocatedGrid(geometry, space, (*warnings, *oblique_warning(geometry)))


def analyze_geometry(header: AnalyzeHeader, raw: AnalyzeHeader, shape: Shape) -> LocatedGrid:
    """Read the grid of an Analyze 7.5 image, which has no field for orientation.

    The first axis is taken to run to the left and the middle to lie at 0, as in nibabel.

    Args:
        header: The header as nibabel repaired it.
        raw: The header as stored.
        shape: Voxels along (i, j, k).

    Returns:
        The grid, with a warning that its orientation is a guess.

    Raises:
        ValueError: The voxel size is no number.
    """
    geometry = Geometry(shape, header.get_base_affine())
    message = (
        "Analyze 7.5 images do not say how they lie in the patient, and programs disagree: here, "
        "as in nibabel, the axes run to Left, Anterior, Superior; ITK takes Left, Posterior, "
        "Superior. Left and right, and every other direction, are a guess."
    )
    warnings = (
        ScanWarning("orientation_unknown", message),
        *_pixdim_warnings(raw, from_pixdim=True),
    )
    return LocatedGrid(geometry, GUESSED_SPACE, (*warnings, *oblique_warning(geometry)))


def mgh_geometry(header: MGHHeader, placed: bool, shape: Shape) -> LocatedGrid:
    """Read the grid of a FreeSurfer image.

    Args:
        header: The header.
        placed: Whether the file has an affine (goodRASFlag); else ``header`` holds FreeSurfer's
            coronal slices of 1 mm, whatever its other fields are.
        shape: Voxels along (i, j, k).

    Returns:
        The grid with its space and the doubts about it.

    Raises:
        ValueError: The affine is singular or not finite.
    """
    geometry = Geometry(shape, header.get_affine())
    unknown = () if placed else (_no_orientation(), _no_spacing())
    space = SCANNER_SPACE if placed else GUESSED_SPACE
    return LocatedGrid(geometry, space, (*unknown, *oblique_warning(geometry)))


def oblique_warning(geometry: Geometry) -> Warnings:
    """Warn of axes that are turned against the patient's by more than ``OBLIQUE_DEGREES``.

    Args:
        geometry: The grid of the scan.

    Returns:
        The warning with the angle, or none.
    """
    if geometry.obliquity <= OBLIQUE_DEGREES:
        return ()
    message = (
        f"The slices are oblique: turned by up to {geometry.obliquity:.1f} degrees against the "
        "patient's axes. Letters name the closest direction."
    )
    return (ScanWarning("oblique", message),)


def _unit(header: Nifti1Header) -> str | None:
    """The unit of lengths; None for a code that NIfTI does not know."""
    return UNITS.get(int(header["xyzt_units"]) % 8)


def _in_mm(affine: Matrix, unit: str | None) -> Matrix:
    mm = MILLIMETRES[unit or "unknown"]
    return np.asarray(np.diag([mm, mm, mm, 1.0]) @ affine)


def _usable(shape: Shape, form: Callable[[], Matrix], unit: str | None) -> Geometry | None:
    """The grid of a form, in mm; None where the form is no grid."""
    try:
        geometry = Geometry(shape, _in_mm(form(), unit))
    except ValueError:
        return None
    flat = abs(np.linalg.det(geometry.directions)) < LEAST_DETERMINANT
    return None if flat else geometry


def _unit_warnings(unit: str | None, geometry: Geometry) -> Warnings:
    extent = max(np.multiply(geometry.shape, geometry.spacing))
    implausible = unit == "unknown" and not PLAUSIBLE_MM[0] <= extent <= PLAUSIBLE_MM[1]
    if unit is not None and not implausible:
        return ()
    message = (
        "The header does not say in which unit its voxel size is; millimetres are assumed, "
        f"which makes the image {extent:.4g} mm wide. Distances are not reliable."
    )
    return (ScanWarning("spacing_unknown", message),)


def _conflict(sform: Geometry | None, qform: Geometry | None) -> Warnings:
    """The warning where a header that sets both forms is ambiguous; not both are None."""
    if sform is None or qform is None:
        used, bad = ("qform", "sform") if sform is None else ("sform", "qform")
        message = (
            f"The header places the image twice, by qform and by sform, and its {bad} is damaged: "
            f"it is singular, not finite or no rotation. The {used} is used."
        )
        return (ScanWarning("qform_sform_conflict", message),)
    distance_mm = _corner_distance_mm(qform, sform)
    diagonal = float(np.linalg.norm(np.multiply(sform.shape, sform.spacing)))
    tolerance = max(CONFLICT_VOXELS * min(sform.spacing), QUATERNION_ERROR * diagonal)
    rigid = nearest_rigid(sform)
    if distance_mm <= tolerance or (
        stands_for(rigid, sform) and _corner_distance_mm(qform, rigid) <= tolerance
    ):
        return ()
    message = (
        f"The header places the image twice, by qform and by sform, and the two are "
        f"{distance_mm:.3g} mm apart. The sform is used."
    )
    return (ScanWarning("qform_sform_conflict", message),)


def _corner_distance_mm(grid: Geometry, other_grid: Geometry) -> float:
    """The largest distance, in mm, between the centres of the corner voxels of both."""
    corners = np.array(list(product(*((0, n - 1) for n in grid.shape))), float)
    return float(np.linalg.norm(grid.world(corners) - other_grid.world(corners), axis=1).max())


def _pixdim_warnings(raw: AnalyzeHeader, from_pixdim: bool) -> Warnings:
    """Warnings about the voxel size; ``from_pixdim``: whether the grid follows from it."""
    sizes = raw["pixdim"][1:4]
    warnings = []
    if from_pixdim and not np.all(sizes):
        warnings.append(_no_spacing())
    if np.any(sizes < 0):
        message = (
            f"The header gives a negative voxel size ({' x '.join(f'{n:g}' for n in sizes)}), and "
            "programs disagree on what it means: some swap left and right. Its sign is not used."
        )
        warnings.append(ScanWarning("negative_spacing", message))
    return tuple(warnings)


def _no_orientation() -> ScanWarning:
    message = (
        "The header does not say how the image lies in the patient. Left and right, and every "
        "other direction, are a guess."
    )
    return ScanWarning("orientation_unknown", message)


def _no_spacing() -> ScanWarning:
    message = "The header gives no voxel size; 1 mm is assumed. Distances are not reliable."
    return ScanWarning("spacing_unknown", message)
