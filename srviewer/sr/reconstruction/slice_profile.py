"""The slice profile of a scan whose request asks to estimate it."""

from srviewer.core.acquisition.profile_estimate import ProfileEstimate, estimated_profile
from srviewer.core.geometry.slice_runs import longest, runs
from srviewer.core.volumes.voxel_sources import Cropped, KeptVolume
from srviewer.job import Job
from srviewer.sr.requests.request import ESTIMATE, Request, known_thickness


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
    axis, header, voxels = request.axis, scan.header, scan.voxels
    spacing, thickness = list(header.geometry.spacing), known_thickness(header, request)
    if header.planes is not None and header.planes.axis == axis:
        run = longest(runs(header.planes))
        voxels, spacing[axis] = Cropped(voxels, axis, run.start, run.stop), run.step_mm
    known = None if thickness is None else thickness / spacing[axis]
    return (yield from estimated_profile(voxels, axis, spacing, header.padding, known))
