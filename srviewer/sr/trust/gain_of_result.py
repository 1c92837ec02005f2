"""Reconstruction of a scan with the gain that is expected of it."""

import time
from dataclasses import replace

from srviewer.core.acquisition.noise import scan_noise
from srviewer.core.slice_faults.faults import volume_faults
from srviewer.core.slice_faults.warnings import FAULT_CODES, slice_fault_warnings
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job, Progress, within
from srviewer.nn.models.model_file import Model
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.requests.request import Request, degradation_of
from srviewer.sr.results.expected_gain import ExpectedGain, uncalibrated
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.trust.calibrated_range import uncalibrated_reason
from srviewer.sr.trust.gain_calibration import TERMS, calibration_of, group_of, terms_of
from srviewer.sr.trust.gain_predictors import gain_predictors

ESTIMATING = "Estimating the gain"
REBUILT = 0.9  # of the job


def reconstruct_with_gain(
    scan: Volume, request: Request, region: Volume | None = None
) -> Job[Reconstruction]:
    """Reconstruct a scan as ``rebuild`` does, and estimate the gain over cubic.

    Args:
        scan: The scan.
        request: The reconstruction.
        region: The locked region, voxels above 0; None without one.

    Returns:
        A job whose result is the reconstruction with its expected gain.

    Raises:
        UserError: As ``rebuild``.
    """
    result = yield from within(reconstruct_scan(scan, request, region), 0.0, REBUILT)
    started = time.monotonic()
    gain = yield from within(expected_gain(scan, result), REBUILT, 1.0)
    seconds = result.seconds + time.monotonic() - started
    return replace(result, expected_gain=gain, seconds=seconds)


def expected_gain(scan: Volume, result: Reconstruction) -> Job[ExpectedGain | None]:
    """The gain over cubic that a result is expected to have.

    Args:
        scan: The scan as it was measured.
        result: Its result.

    Returns:
        A job whose result is the expected gain, without numbers where the conditions are not among
        those that were measured; None for interpolation.

    Raises:
        UserError: As ``reconstruct``.
    """
    request, model = result.used_request, result.model
    if not method(request.method).needs_model:
        return None
    yield Progress(0.0, ESTIMATING)
    if result.region is not None:
        return uncalibrated(f"nothing learned was added inside the region '{result.region}'")
    if result.repaired:
        return uncalibrated("faults between slices were repaired")
    reason = yield from within(uncalibrated_before(scan, request, model), 0.0, 0.2)
    if reason is not None:
        return uncalibrated(reason)
    calibration = calibration_of(model)
    assert calibration is not None  # else there is a reason
    predictors = yield from within(gain_predictors(scan, result), 0.2, 1.0)
    if predictors is None:
        return uncalibrated("the scan is too small, or has too little foreground")
    degradation = degradation_of(scan, request)
    terms = terms_of(predictors, degradation)
    beyond = calibration.beyond(terms)
    if beyond is not None:
        return uncalibrated(f"{TERMS[beyond]} is outside what was measured")
    return calibration.expected(terms, group_of(degradation))


def uncalibrated_before(scan: Volume, request: Request, model: Model | None) -> Job[str | None]:
    """The reason for which the gain is not calibrated, as far as it is known without a result.

    Args:
        scan: The scan; its noise is measured, and its slices are compared.
        request: The reconstruction.
        model: The model that it uses, as it ships.

    Returns:
        A job whose result is a clause for the user; None where there is no such reason.
    """
    reason = uncalibrated_reason(scan, request, model, noise=0.0)
    if reason is not None:
        return reason
    noise = scan_noise(scan, request.axis)
    if not any(warning.code in FAULT_CODES for warning in scan.warnings):
        faults = yield from volume_faults(scan)
        found = slice_fault_warnings(faults, scan.geometry)
        scan = replace(scan, warnings=(*scan.warnings, *found))
    return uncalibrated_reason(scan, request, model, noise)
