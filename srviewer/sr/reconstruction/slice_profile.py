"""The slice profile of a scan whose request asks to estimate it."""

from srviewer.core.acquisition.profile_estimate import ProfileEstimate, estimated_profile
from srviewer.core.volumes.voxel_sources import KeptVolume
from srviewer.job import Job
from srviewer.sr.requests.request import ESTIMATE, Request, known_thickness


def requested_estimate(scan: KeptVolume, request: Request) -> Job[ProfileEstimate | None]:
    """Estimate the slice profile of a scan where its request asks for that.

    Args:
        scan: The scan, or a regular run of its slices.
        request: The reconstruction.

    Returns:
        A job with the estimate; None where the request states a profile.
    """
    if request.profile != ESTIMATE:
        return None
    spacing, thickness = scan.header.geometry.spacing, known_thickness(scan.header, request)
    known = None if thickness is None else thickness / spacing[request.axis]
    padding = scan.header.padding
    return (yield from estimated_profile(scan.voxels, request.axis, spacing, padding, known))
