"""The reasons for which no gain can be promised: conditions that were not measured."""

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.percentage import percentage
from srviewer.core.slice_faults.warnings import BAD_SLICE, BRIGHTNESS, FAULT_CODES, MOTION
from srviewer.core.volumes.volume import ScanHeader, blocking_warnings
from srviewer.nn.models.model_file import Model
from srviewer.sr.reconstruction.body_part import other_body_part
from srviewer.sr.reconstruction.cautions import FEW_SLICES
from srviewer.sr.requests.request import Request, degradation_of
from srviewer.sr.trust.gain_calibration import CalibratedRange, calibration_of

LARGEST_HEAD_MM = 300.0  # the longest edge of an image of a head
UNEQUAL = 1.4  # thin slices and pixels whose ratio is larger were not measured
ROUNDED = 1e-3  # headers are rounded
FAULTS = {
    MOTION: "the patient moved between interleaved slices",
    BRIGHTNESS: "every second slice is brighter or darker",
    BAD_SLICE: "there is a bad slice",
}


def uncalibrated_reason(
    scan: ScanHeader, request: Request, model: Model | None, noise: float
) -> str | None:
    """The first reason for which the gain of a reconstruction is not calibrated.

    Args:
        scan: The scan, with its warnings.
        request: The reconstruction.
        model: The model that it uses, as it ships; None for interpolation.
        noise: Of the scan, as ``noise_level`` gives it.

    Returns:
        A clause for the user; None where scan and request are within what was measured.
    """
    if model is None:
        return "the method is no network"
    setting = _of_request(request)
    if setting is not None:
        return setting
    calibration = calibration_of(model)
    if calibration is None:
        return f"no gain was measured for the model '{model.name}'"
    return (
        _of_scan(scan, request)
        or uncalibrated_acquisition(degradation_of(scan, request), noise, calibration.within)
        or _of_grid(scan, request, calibration.within)
    )


def uncalibrated_acquisition(
    degradation: Degradation, noise: float, within: CalibratedRange
) -> str | None:
    """The first reason by which an acquisition is outside what was measured.

    Args:
        degradation: The acquisition model.
        noise: Of the scan, as ``noise_level`` gives it.
        within: What was measured.

    Returns:
        A clause for the user; None where it is inside.
    """
    low, high = within.factors
    if not low <= degradation.factor <= high:
        return f"factor {degradation.factor} is outside {low} to {high}"
    if degradation.profile not in within.profiles:
        return f"the slice profile {degradation.profile} was not measured"
    thin, thick = within.thickness
    if not thin - ROUNDED <= degradation.thickness <= thick + ROUNDED:
        return (
            f"slices {percentage(degradation.thickness)} as thick as their spacing are outside "
            f"{percentage(thin)} to {percentage(thick)}"
        )
    if noise > within.noise:
        shares = percentage(noise, 1), percentage(within.noise, 1)
        return f"noise of {shares[0]} of the range is above {shares[1]}"
    return None


def _of_request(request: Request) -> str | None:
    """Settings with which nothing was measured."""
    settings = {
        "the model was adapted to the scan": request.adaptation is not None,
        "texture was added": request.texture > 0,
        "noise was removed": request.agreement == "noise",
        "it is a mean over flips": request.flips,
        "a second axis was reconstructed": bool(request.also),
        "the result was resampled to isotropic voxels": request.isotropic,
        "the planes were not joined by their mean": request.fusion != "mean",
    }
    return next((reason for reason, is_set in settings.items() if is_set), None)


def _of_scan(scan: ScanHeader, request: Request) -> str | None:
    """Properties of the scan with which nothing was measured."""
    if scan.modality not in ("", "MR"):
        return f"the modality is {scan.modality}, and MR was measured"
    part = other_body_part(scan)
    if part is not None:
        return f"it seems to show another part of the body than the brain ({part})"
    edges = zip(scan.geometry.shape, scan.geometry.spacing, strict=True)
    if max(count * mm for count, mm in edges) > LARGEST_HEAD_MM:
        return f"the image is larger than a head: over {LARGEST_HEAD_MM:g} mm"
    codes = [warning.code for warning in scan.warnings]
    fault = next((code for code in codes if code in FAULT_CODES), None)
    if fault is not None:
        return FAULTS[fault]
    if blocking_warnings(scan.warnings) or scan.planes is not None:
        code = next((warning.code for warning in blocking_warnings(scan.warnings)), "gaps")
        return f"something is odd about the scan ({code.replace('_', ' ')})"
    if scan.geometry.thick_axis != request.axis:
        return "the slices are not thick along that axis"
    count = scan.geometry.shape[request.axis]
    return f"there are only {count} slices" if count < FEW_SLICES else None


def _of_grid(scan: ScanHeader, request: Request, within: CalibratedRange) -> str | None:
    grid = scan.geometry.refined(request.axis, request.factor).spacing
    low, high = within.spacing_mm
    if min(grid) < low - ROUNDED or max(grid) > high + ROUNDED:
        text = " x ".join(f"{mm:.2g}" for mm in grid)
        return f"voxels of {text} mm are outside {low:.2g} to {high:.2g} mm"
    if max(grid) / min(grid) > UNEQUAL:
        return "thin slices and pixels differ too much in size"
    return None
