"""Where a NIfTI or FreeSurfer image lies in the patient, by its header's codes."""

from itertools import product

import numpy as np
from nibabel.freesurfer.mghformat import MGHHeader
from nibabel.nifti1 import Nifti1Header

from srviewer.core.geometry import Geometry, Matrix
from srviewer.core.volume import ScanWarning

MILLIMETRES = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}
# qform and sform conflict when they put a corner further apart than this share of a voxel, and
# than this share of the image: a quaternion near half a turn is that imprecise in float32.
CONFLICT_VOXELS = 0.05
QUATERNION_ERROR = 1e-3
OBLIQUE_DEGREES = 1.0
# A field of view outside these millimetres says that an unstated unit is hardly millimetres.
PLAUSIBLE_MM = (2.0, 3000.0)

Warnings = tuple[ScanWarning, ...]
Shape = tuple[int, int, int]


def nifti_geometry(
    header: Nifti1Header, raw: Nifti1Header, shape: Shape
) -> tuple[Geometry, Warnings]:
    """The grid of a NIfTI image and what is doubtful about it.

    The sform is taken when its code is set, else the qform, else neither is known. ``raw`` is the
    header as stored, before nibabel repaired it. Raises ValueError for an affine that is singular,
    not finite or not a rotation.
    """
    found: list[ScanWarning] = []
    scale = _unit_scale(header, shape, found)
    sform_code, qform_code = int(header["sform_code"]), int(header["qform_code"])
    if sform_code > 0:
        affine = header.get_sform()
    elif qform_code > 0:
        affine = header.get_qform()
    else:
        affine = header.get_base_affine()
        found.append(_no_orientation())
    if sform_code <= 0 and not np.all(raw["pixdim"][1:4]):
        found.append(_no_spacing())
    geometry = Geometry(shape, np.diag([scale, scale, scale, 1.0]) @ affine)
    if sform_code > 0 and qform_code > 0:
        found.extend(_conflict(header, geometry, scale))
    return geometry, (*found, *oblique_warning(geometry))


def mgh_geometry(header: MGHHeader, placed: bool, shape: Shape) -> tuple[Geometry, Warnings]:
    """The grid of a FreeSurfer image; ValueError for an affine that is singular or not finite.

    ``placed``: whether the file says where the image lies; else ``header`` holds FreeSurfer's
    coronal slices of 1 mm, whatever the file's other fields say.
    """
    geometry = Geometry(shape, header.get_affine())
    unknown = () if placed else (_no_orientation(), _no_spacing())
    return geometry, (*unknown, *oblique_warning(geometry))


def oblique_warning(geometry: Geometry) -> Warnings:
    """A note with the angle when the axes are turned against the patient's by over a degree."""
    if geometry.obliquity <= OBLIQUE_DEGREES:
        return ()
    message = (
        f"The slices are oblique: turned by up to {geometry.obliquity:.1f} degrees against the "
        "patient's axes. Letters name the closest direction."
    )
    return (ScanWarning("oblique", message),)


def _unit_scale(header: Nifti1Header, shape: Shape, found: list[ScanWarning]) -> float:
    """Millimetres per unit of the header."""
    code = int(header["xyzt_units"]) % 8
    unit = {0: "unknown", 1: "meter", 2: "mm", 3: "micron"}.get(code)
    extent = max(np.multiply(shape, header["pixdim"][1:4].astype(float)))
    implausible = unit == "unknown" and not PLAUSIBLE_MM[0] <= extent <= PLAUSIBLE_MM[1]
    if unit is None or implausible:
        message = (
            "The header does not say in which unit its voxel size is; millimetres are assumed, "
            f"which makes the image {extent:.4g} mm wide. Distances are not reliable."
        )
        found.append(ScanWarning("spacing_unknown", message))
    return MILLIMETRES[unit or "unknown"]


def _conflict(header: Nifti1Header, geometry: Geometry, scale: float) -> Warnings:
    apart = _corner_distance(_qform(header, scale), geometry)
    diagonal = float(np.linalg.norm(np.multiply(geometry.shape, geometry.spacing)))
    if apart <= max(CONFLICT_VOXELS * min(geometry.spacing), QUATERNION_ERROR * diagonal):
        return ()
    distance = f"{apart:.3g} mm apart" if np.isfinite(apart) else "apart: the qform is no rotation"
    message = (
        f"The header places the image twice, by qform and by sform, and the two are {distance}. "
        "The sform is used."
    )
    return (ScanWarning("qform_sform_conflict", message),)


def _qform(header: Nifti1Header, scale: float) -> Matrix:
    try:
        qform = np.asarray(header.get_qform())
    except ValueError:
        return np.full((4, 4), np.nan)
    return np.asarray(np.diag([scale, scale, scale, 1.0]) @ qform)


def _corner_distance(affine: Matrix, geometry: Geometry) -> float:
    """The largest distance, in mm, between the grid's corners under ``affine`` and its own."""
    corners = np.array(list(product(*((0, n - 1) for n in geometry.shape))), float)
    other = corners @ affine[:3, :3].T + affine[:3, 3]
    return float(np.linalg.norm(other - geometry.world(corners), axis=1).max())


def _no_orientation() -> ScanWarning:
    message = (
        "The header does not say how the image lies in the patient. Left and right, and every "
        "other direction, are a guess."
    )
    return ScanWarning("orientation_unknown", message)


def _no_spacing() -> ScanWarning:
    message = "The header gives no voxel size; 1 mm is assumed. Distances are not reliable."
    return ScanWarning("spacing_unknown", message)
