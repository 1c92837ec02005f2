"""The slice profile of a scan: estimated where the request asks for that, else checked."""

from dataclasses import dataclass

from srviewer.core.acquisition.profile_estimate import ProfileEstimate, estimated_profile
from srviewer.core.acquisition.slice_profiles import profile_variance
from srviewer.core.geometry.slice_runs import longest, runs
from srviewer.core.volumes.volume import ScanHeader
from srviewer.core.volumes.voxel_sources import Cropped, KeptVolume
from srviewer.job import Job
from srviewer.sr.requests.request import (
    ESTIMATE,
    Request,
    check_factors,
    check_slices,
    degradation_of,
    known_thickness,
    with_profile,
)

CERTAIN = 1.645  # standard errors by which a stated profile is too wide, with 95 % confidence


@dataclass(frozen=True)
class UsedProfile:
    """The slice profile that is used.

    Attributes:
        request: The reconstruction, which states the profile.
        estimate: What was estimated; None where the request stated the profile.
        warnings: One line where the stated profile is wider than the scan says.
    """

    request: Request
    estimate: ProfileEstimate | None = None
    warnings: tuple[str, ...] = ()


def used_profile(scan: KeptVolume, request: Request) -> Job[UsedProfile]:
    """Find the slice profile to use, and check one that is wider than a box.

    Too wide a profile sharpens what is sharp already: a Gaussian as wide as the spacing, stated of
    slices that were boxes, costs 1.5 to 2.7 dB (docs/slice-profiles.md).

    Args:
        scan: The scan.
        request: The reconstruction.

    Returns:
        A job with the profile.

    Raises:
        UserError: Slices cannot be as the request says, or a factor is out of range.
    """
    check_factors(request)
    check_slices(scan.header, request)
    estimate = yield from requested_estimate(scan, request)
    if estimate is not None:
        return UsedProfile(with_profile(scan.header, request, estimate), estimate)
    stated, box = _stated_variance(scan.header, request), profile_variance("box", 1.0, 4.0)
    if stated <= box:
        return UsedProfile(request)
    found = yield from _estimate(scan, request, None)
    if found.variance is None or found.error is None:
        return UsedProfile(request)
    if stated <= max(found.variance, box) + CERTAIN * found.error:
        return UsedProfile(request)
    line = (
        f"The stated slice profile is wider than the scan's own slices say: variance {stated:.2f} "
        f"of the squared spacing, estimated {found.variance:.2f} \u00b1 {found.error:.2f}. Detail "
        "may be invented: leave the profile a box, or let it be estimated."
    )
    return UsedProfile(request, warnings=(line,))


def requested_estimate(scan: KeptVolume, request: Request) -> Job[ProfileEstimate | None]:
    """Estimate the slice profile of a scan where its request asks for that.

    Args:
        scan: The scan; where slices are missing or uneven, its longest regular run is looked at.
        request: The reconstruction.

    Returns:
        A job with the estimate; None where the request states a profile.
    """
    if request.profile != ESTIMATE:
        return None
    return (yield from _estimate(scan, request, known_thickness(scan.header, request)))


def _estimate(
    scan: KeptVolume, request: Request, thickness_mm: float | None
) -> Job[ProfileEstimate]:
    axis, header, voxels = request.axis, scan.header, scan.voxels
    spacing = list(header.geometry.spacing)
    if header.planes is not None and header.planes.axis == axis:
        run = longest(runs(header.planes))
        voxels, spacing[axis] = Cropped(voxels, axis, run.start, run.stop), run.step_mm
    known = None if thickness_mm is None else thickness_mm / spacing[axis]
    return (yield from estimated_profile(voxels, axis, spacing, header.padding, known))


def _stated_variance(scan: ScanHeader, request: Request) -> float:
    degradation = degradation_of(scan, request)
    return profile_variance(degradation.profile, degradation.thickness, degradation.time_bandwidth)
