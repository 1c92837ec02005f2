"""The settings of a reconstruction, and those that suit a scan."""

from dataclasses import dataclass, replace
from math import ceil
from typing import Annotated, Literal, TypeAlias

import numpy as np
from msgspec import Meta

from srviewer.codec import one_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.profile_estimate import ProfileEstimate
from srviewer.core.acquisition.slice_profiles import (
    LEAST_TIME_BANDWIDTH,
    MOST_TIME_BANDWIDTH,
    PROFILES,
    THICKEST,
    TIME_BANDWIDTH,
    Profile,
)
from srviewer.core.geometry.grid import AXIS_NAMES, Axis, Geometry
from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.nn.devices.precisions import PRECISIONS
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.cross_plane.methods import METHODS
from srviewer.sr.cross_plane.refinement import reachable
from srviewer.sr.models.available_models import DEFAULT_MODEL, factors_of
from srviewer.sr.models.devices import DEVICES

Gaps = Literal["run", "fill"]
GAPS: tuple[Gaps, ...] = ("run", "fill")
Minimum = Literal["none", "scan"]
MINIMA: tuple[Minimum, ...] = ("none", "scan")
Agreement = Literal["exact", "noise"]
AGREEMENTS: tuple[Agreement, ...] = ("exact", "noise")
Repair = Literal["brightness", "motion", "slices"]
REPAIRS: tuple[Repair, ...] = ("brightness", "motion", "slices")

ESTIMATE: Literal["estimate"] = "estimate"
RequestProfile = Literal["box", "gaussian", "slr", "estimate"]
REQUEST_PROFILES = (*PROFILES, ESTIMATE)

LARGEST_FACTOR = 64
# Beyond it a network gained half of what it gains at factor 4 (docs/trust-measured.md): no default
# is larger.
LARGEST_MEASURED = 6
# A ratio of spacings this little above an integer is refined by that integer.
RATIO_TOLERANCE = 0.05
THICKNESS_TOLERANCE = 0.02  # of the spacing
THINNEST = 0.1  # slice thickness over spacing
UNEQUAL_PLANE = 1.5  # in-plane spacings whose ratio is above this are worth making equal
LONGEST_MODEL = 4096  # characters: the path of a file
LONGEST_REASON = 500  # characters
THINNEST_MM, THICKEST_MM = 1e-3, 1e3  # of any scan

KnownAxis: TypeAlias = Annotated[Axis, Meta(ge=0, le=2)]
Factor: TypeAlias = Annotated[int, Meta(ge=2, le=LARGEST_FACTOR)]
Step: TypeAlias = tuple[KnownAxis, Factor]


# No half characters: model files name it too.
ModelName: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=LONGEST_MODEL, pattern=r"\A[^\0\ud800-\udfff]*\Z")
]


@dataclass(frozen=True)
class Request:
    """All settings of one reconstruction.

    The annotations say what a document may hold; ``check_request`` says what suits a scan.

    Attributes:
        axis: The array axis to refine first, 0..2.
        factor: Thin slices for each thick one.
        method: An id in ``METHODS``.
        model: A name or a file; unused by interpolation.
        fusion: An id in ``FUSIONS``.
        device: One of ``DEVICES``.
        isotropic: Resample the result to the in-plane spacing exactly.
        gaps: What becomes of missing or uneven slices, see ``srviewer.sr.reconstruction.gaps``.
        profile: The slice profile; "estimate" for what the scan says of it.
        thickness_mm: The slice thickness; None for the header's, or else the spacing of the slices.
        also: (axis, factor) of axes to refine afterwards.
        adaptation: Fine-tune the model on the scan first; None for not at all.
        texture: From 0, the fidelity model, to 1, its texture model.
        flips: Test-time augmentation: average over mirrored inputs, at four times the time.
        minimum: "scan" for no voxel below the scan's least one that is no padding, see
            ``srviewer.core.reconstruction.lower_bound``.
        repair: Faults between slices to correct first where the scan has them, of ``REPAIRS``.
        agreement: With the scan, "exact" or "noise": to within its estimated noise, removed first,
            see ``srviewer.core.acquisition.denoising``; unused by methods that do not agree.
        precision: One of ``PRECISIONS``: of the network, "auto" for 8-bit integers where the
            processor has them.
        time_bandwidth: The time-bandwidth product of the pulse of the slice profile "slr".
        model_reason: Why this model was taken, where it was chosen automatically; "" where it was
            named.
    """

    axis: KnownAxis
    factor: Factor
    method: Annotated[str, one_of(row.id for row in METHODS)] = "cross-plane"
    model: ModelName = DEFAULT_MODEL
    fusion: Annotated[str, one_of(row.id for row in FUSIONS)] = "mean"
    device: Annotated[str, one_of(DEVICES)] = "auto"
    isotropic: bool = False
    gaps: Gaps = "fill"
    profile: RequestProfile = "box"
    thickness_mm: Annotated[float, Meta(ge=THINNEST_MM, le=THICKEST_MM)] | None = None
    also: Annotated[tuple[Step, ...], Meta(max_length=2)] = ()
    adaptation: Adaptation | None = None
    texture: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.0
    flips: bool = False
    minimum: Minimum = "none"
    repair: Annotated[tuple[Repair, ...], Meta(max_length=len(REPAIRS))] = ()
    agreement: Agreement = "exact"
    precision: Annotated[str, one_of(PRECISIONS)] = "auto"
    time_bandwidth: Annotated[float, Meta(ge=LEAST_TIME_BANDWIDTH, le=MOST_TIME_BANDWIDTH)] = (
        TIME_BANDWIDTH
    )
    model_reason: Annotated[str, Meta(max_length=LONGEST_REASON)] = ""

    @property
    def steps(self) -> tuple[tuple[Axis, int], ...]:
        """Every axis to refine with its factor, in order."""
        return ((self.axis, self.factor), *self.also)


def suggested_request(
    scan: ScanHeader, axis: Axis | None = None, model: str = DEFAULT_MODEL
) -> Request:
    """The request that suits a scan: the factor of ``suggested_factor``.

    Args:
        scan: The scan.
        axis: The axis to refine; None for the thick axis, or the coarsest where none is thick.
        model: The model, by name or by file.

    Returns:
        The request, with all other settings as they are by default.
    """
    geometry = scan.geometry
    if axis is None:
        axis = suggested_axis(geometry)
    factor = suggested_factor(geometry, axis, factors_of(model))
    return Request(axis, factor, model=model)


def suggested_axis(geometry: Geometry) -> Axis:
    """The axis to refine.

    Args:
        geometry: The grid of the scan.

    Returns:
        The thick axis, or the coarsest where none is thick.
    """
    thick = geometry.thick_axis
    return int(np.argmax(geometry.spacing)) if thick is None else thick


def suggested_factor(geometry: Geometry, axis: Axis, known: tuple[int, ...]) -> int:
    """The factor that makes an axis as fine as the other two, at most ``LARGEST_MEASURED``.

    Args:
        geometry: The grid of the scan.
        axis: The axis to refine.
        known: The factors that the model refines by in one pass.

    Returns:
        The factor, 2 or more; above ``LARGEST_MEASURED`` only where the model reaches none below.
    """
    cubes = factor_of_cubes(geometry, axis, known)
    if cubes <= LARGEST_MEASURED:
        return cubes
    measured = range(LARGEST_MEASURED, 1, -1)
    return next((factor for factor in measured if reachable(factor, known)), cubes)


def factor_of_cubes(geometry: Geometry, axis: Axis, known: tuple[int, ...]) -> int:
    """The least factor in reach that makes an axis at least as fine as the other two.

    Args:
        geometry: The grid of the scan.
        axis: The axis to refine.
        known: The factors that the model refines by in one pass.

    Returns:
        The factor, 2 or more; the largest known where none in reach is enough.
    """
    wanted = max(2, ceil(geometry.thick_ratio(axis) - RATIO_TOLERANCE))
    every = range(wanted, LARGEST_FACTOR + 1)
    return next((factor for factor in every if reachable(factor, known)), max(known))


def suggested_also(scan: ScanHeader, axis: Axis) -> tuple[tuple[Axis, int], ...]:
    """The step that makes the pixels of the slices square, where they are far from that.

    Args:
        scan: The scan.
        axis: The axis across the slices.

    Returns:
        One (axis, factor) for the coarser in-plane axis; () where the ratio of the in-plane
        spacings is below ``UNEQUAL_PLANE``.
    """
    sharp = [(mm, a) for a, mm in enumerate(scan.geometry.spacing) if a != axis]
    (fine, _), (coarse, other) = sorted(sharp)
    ratio = coarse / fine
    return ((other, max(2, ceil(ratio - RATIO_TOLERANCE))),) if ratio >= UNEQUAL_PLANE else ()


def degradation_of(scan: ScanHeader, request: Request) -> Degradation:
    """The acquisition model of a scan along the axis of a request.

    A thickness within ``THICKNESS_TOLERANCE`` of the spacing is the spacing: headers are rounded.

    Args:
        scan: The scan.
        request: The reconstruction.

    Returns:
        The degradation from the refined grid to the scan, without noise; of a box as long as the
        profile is not estimated.
    """
    thickness = used_thickness(scan, request) / scan.geometry.spacing[request.axis]
    profile: Profile = "box" if request.profile == "estimate" else request.profile
    return Degradation(
        request.axis,
        request.factor,
        profile,
        thickness,
        time_bandwidth=request.time_bandwidth,
    )


def with_profile(scan: ScanHeader, request: Request, estimate: ProfileEstimate | None) -> Request:
    """Set the estimated slice profile in a request.

    Args:
        scan: The scan.
        request: The reconstruction.
        estimate: What was estimated on the scan; None where the request states the profile.

    Returns:
        The request with that profile, and with its thickness where neither the request nor the
        header has one.
    """
    if estimate is None:
        return request
    thickness_mm = request.thickness_mm
    if estimate.profile != "box" and known_thickness(scan, request) is None:
        thickness_mm = estimate.thickness * scan.geometry.spacing[request.axis]
    return replace(
        request,
        profile=estimate.profile,
        time_bandwidth=estimate.time_bandwidth,
        thickness_mm=thickness_mm,
    )


def known_thickness(scan: ScanHeader, request: Request) -> float | None:
    """The slice thickness that the request or the header states.

    Args:
        scan: The scan.
        request: The reconstruction.

    Returns:
        The thickness in mm; None where neither does.
    """
    return request.thickness_mm or thickness_across(scan, request.axis)


def used_thickness(scan: ScanHeader, request: Request) -> float:
    """The slice thickness of a reconstruction: requested, else in the header, else the spacing.

    Args:
        scan: The scan.
        request: The reconstruction.

    Returns:
        The thickness in mm.
    """
    spacing = scan.geometry.spacing[request.axis]
    thickness = known_thickness(scan, request) or spacing
    return spacing if abs(thickness / spacing - 1) <= THICKNESS_TOLERANCE else thickness


def thickness_across(scan: ScanHeader, axis: Axis) -> float | None:
    """The slice thickness in the header of a scan.

    Args:
        scan: The scan.
        axis: The axis across the slices.

    Returns:
        Millimetres; None where ``axis`` is not the thick axis, or the header has no plausible
        value.
    """
    thickness, spacing = scan.slice_thickness, scan.geometry.spacing[axis]
    if thickness is None or axis != scan.geometry.thick_axis:
        return None
    return thickness if THINNEST * spacing <= thickness <= THICKEST * spacing else None


def check_request(scan: ScanHeader, request: Request) -> None:
    """Check that a request can be done on a scan.

    Args:
        scan: The scan.
        request: The reconstruction.

    Raises:
        UserError: A factor, an axis, a thickness, texture or resampling cannot be.
    """
    check_factors(request)
    for axis, _ in request.steps:
        _check_count(scan, axis)
    if len({axis for axis, _ in request.steps}) < len(request.steps):
        raise UserError("Each axis can be refined once. Give another axis, or a larger factor.")
    if request.isotropic and (
        request.also or request.axis != int(np.argmax(scan.geometry.spacing))
    ):
        raise UserError(
            f"Isotropic voxels would be coarser than the scan along {AXIS_NAMES[request.axis]}. "
            f"Choose the axis of the thick slices alone, or leave the spacing as it comes."
        )
    if not 0 <= request.texture <= 1:
        raise UserError("Texture is a number from 0 (faithful) to 1 (sharp).")
    check_slices(scan, request)


def check_factors(request: Request) -> None:
    """Check that the factors of a request are in range.

    Args:
        request: The reconstruction.

    Raises:
        UserError: One of them is not.
    """
    if any(not 2 <= factor <= LARGEST_FACTOR for _, factor in request.steps):
        raise UserError(f"A factor is a whole number from 2 to {LARGEST_FACTOR}.")


def check_slices(scan: ScanHeader, request: Request) -> None:
    """Check that slices can be as thick, and of such a profile, as a request says.

    Args:
        scan: The scan.
        request: The reconstruction.

    Raises:
        UserError: They cannot be, so far apart, or there is no such pulse.
    """
    if not LEAST_TIME_BANDWIDTH <= request.time_bandwidth <= MOST_TIME_BANDWIDTH:
        raise UserError(
            f"There is no slice profile of the time-bandwidth product {request.time_bandwidth:g}: "
            f"give one from {LEAST_TIME_BANDWIDTH:g} to {MOST_TIME_BANDWIDTH:g}."
        )
    spacing = scan.geometry.spacing[request.axis]
    thickness = request.thickness_mm
    if thickness is not None and not THINNEST * spacing <= thickness <= THICKEST * spacing:
        raise UserError(
            f"Slices {thickness:g} mm thick every {spacing:.3g} mm cannot be: give a thickness "
            f"from {THINNEST * spacing:.2g} to {THICKEST * spacing:.3g} mm."
        )


def _check_count(scan: ScanHeader, axis: Axis) -> None:
    slices = scan.geometry.shape[axis]
    if slices < 2:
        raise UserError(
            f"'{scan.name}' has {slices} slice along {AXIS_NAMES[axis]}; there is nothing "
            f"to reconstruct between. Choose another axis, or open a scan of more slices."
        )
