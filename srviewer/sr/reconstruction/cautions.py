"""Cautions: what lies outside the range of a model's training data."""

from srviewer.core.acquisition.noise import scan_noise
from srviewer.core.resampling.rigid_grid import itk_advice, refused_by_itk
from srviewer.core.volumes.volume import ScanHeader, Volume, is_segmentation
from srviewer.nn.models.model_file import Model
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.cross_plane.refinement import passes, reachable
from srviewer.sr.reconstruction.measured_costs import costs
from srviewer.sr.reconstruction.refine import Refined
from srviewer.sr.reconstruction.texture_noise import texture_warning
from srviewer.sr.requests.request import Request

FEW_SLICES = 8
KNOWN_SPACING = (0.4, 1.5)  # mm in the plane: around what the networks were trained on


NO_THICK_AXIS = "This scan has no thick axis: its slices are as thin as its pixels."


def cautions(scan: Volume, request: Request, model: Model | None) -> tuple[str, ...]:
    """The cautions for a reconstruction, besides the scan's own warnings.

    Args:
        scan: The scan; its noise is measured.
        request: The reconstruction.
        model: The model; None for interpolation, of which only the grids are checked.

    Returns:
        One sentence each, for the user.
    """
    noise = 0.0 if model is None else scan_noise(scan, request.axis)
    return cautions_at_noise(scan, request, model, noise)


def cautions_at_noise(
    scan: ScanHeader, request: Request, model: Model | None, noise: float
) -> tuple[str, ...]:
    """The cautions for a scan of known noise.

    Args:
        scan: The scan.
        request: The reconstruction.
        model: The model; None for interpolation.
        noise: Standard deviation as a share of the intensity range, as ``noise_level`` gives it;
            unused without a model.

    Returns:
        One sentence each, for the user.
    """
    lines = _of_the_grids(scan, request)
    if model is None:
        return tuple(lines)
    if not reachable(request.factor, model.factors):
        lines.append(f"Model '{model.name}' cannot refine by {request.factor}.")
    elif request.factor not in model.factors:
        stages = " x ".join(map(str, passes(request.factor, model.factors)))
        lines.append(f"Factor {request.factor} is outside the trained range: done as {stages}.")
    for name in model.plan.train:
        if name in scan.name:
            lines.append(
                f"Model '{model.name}' was trained on '{name}': scores on that scan are flattered."
            )
    if scan.modality not in ("", "MR"):
        lines.append(f"The modality is {scan.modality}; the network was trained on MR.")
    lines.extend(_of_the_spacing(scan, request))
    lines.extend(costs(scan, request, noise))
    on_noise = texture_warning(request, noise)
    lines.extend([] if on_noise is None else [on_noise.message])
    if scan.geometry.shape[request.axis] < FEW_SLICES:
        lines.append(f"Only {scan.geometry.shape[request.axis]} slices: little to learn from.")
    if is_segmentation(scan.warnings):
        lines.append("This looks like a mask or label map: use the method 'nearest' for labels.")
    return tuple(lines)


def _of_the_grids(scan: ScanHeader, request: Request) -> list[str]:
    """The cautions on the grids of scan and result, which hold for every method."""
    lines = []
    if scan.geometry.thick_axis is None:
        lines.append(NO_THICK_AXIS)
    if request.isotropic:
        lines.append("Resampled to isotropic voxels: no longer reproduces the scan exactly.")
    grid = scan.geometry
    for axis, factor in request.steps:
        grid = grid.refined(axis, factor)
    if refused_by_itk(grid):
        lines.append(itk_advice(grid))
    return lines


def outcomes(request: Request, refined: Refined, region: ScanHeader | None) -> tuple[str, ...]:
    """The effects of noise removal, adaptation and region lock that the user must know.

    Args:
        request: The reconstruction.
        refined: The refined scan.
        region: The locked region; None without one.

    Returns:
        One sentence each.
    """
    lines: list[str] = []
    if refined.noise_removed:
        lines.append(
            f"Noise of {100 * refined.noise:.1f} % of the range was removed first: the result "
            "agrees with the scan to within it, not exactly. Fine detail as "
            "weak as the noise goes with it."
        )
    elif request.agreement == "noise" and method(request.method).consistent:
        lines.append(
            f"No noise was removed: what measures as {100 * refined.noise:.1f} % of the range "
            "cannot be distinguished from fine anatomy. The result agrees with the scan exactly."
        )
    tried = refined.adapted
    if tried is not None and not tried.kept:
        lines.append(
            f"Adapting to this scan {tried.found}: the model is used as it ships."
            if tried.steps
            else "The scan is too small to adapt to: the model is used as it ships."
        )
    if region is not None and refined.model is not None:
        lines.append(f"Nothing learned was added inside the region '{region.name}'.")
    return tuple(lines)


def _of_the_spacing(scan: ScanHeader, request: Request) -> list[str]:
    """The cautions on a spacing beyond that of the training data."""
    plane = [mm for axis, mm in enumerate(scan.geometry.spacing) if axis != request.axis]
    low, high = KNOWN_SPACING
    if low <= min(plane) and max(plane) <= high:
        return []
    return [
        f"Voxels of {plane[0]:.3g} x {plane[1]:.3g} mm in the plane are outside the trained "
        f"range ({low:g} to {high:g} mm)."
    ]
