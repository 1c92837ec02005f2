"""The expected gain holds where it was measured, and is not stated elsewhere."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.codec import from_plain, to_plain
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import ScanWarning, Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.paths import resource
from srviewer.sr.models.available_models import find_model
from srviewer.sr.requests.request import Request
from srviewer.sr.results.expected_gain import ExpectedGain, read_expected_gain, uncalibrated
from srviewer.sr.trust.calibrated_range import uncalibrated_reason
from srviewer.sr.trust.gain_calibration import (
    TERMS,
    GainCalibration,
    calibration_of,
    group_of,
)
from srviewer.sr.trust.gain_of_result import reconstruct_with_gain, uncalibrated_before

FAST = "fast"
SAMPLE = "sample/t2_brain_100_{}.nii.gz"


@pytest.fixture(scope="module")
def brain() -> Volume:
    """The middle of the built-in thin scan."""
    thin = run(read(resource(SAMPLE.format("truth"))))
    middle = tuple(slice((n - 80) // 2, (n + 80) // 2) for n in thin.geometry.shape)
    geometry = thin.geometry
    for axis, span in enumerate(middle):
        geometry = geometry.cropped(axis, span.start, span.stop)
    return thin.derived(np.ascontiguousarray(thin.voxels[middle]), geometry, "its middle")


def _thick(brain: Volume, factor: int = 4) -> Volume:
    return Degradation(2, factor).thick_volume(brain)


def test_the_true_gain_lies_in_the_interval(brain: Volume) -> None:
    scan = _thick(brain)
    result = run(reconstruct_with_gain(scan, Request(2, 4, device="cpu")))
    gain = result.expected_gain
    assert gain is not None and gain.calibrated, gain
    assert result.provenance()["expected_gain"] == gain.values()
    found = volume_intensity(brain)
    seen = found.foreground(brain.voxels)
    plain = cubic(scan.voxels, 2, thin_positions(20, 4))
    ours, base = (
        psnr(brain.voxels, voxels, found.range, seen) for voxels in (result.volume.voxels, plain)
    )
    assert ours is not None and base is not None
    assert gain.low is not None and gain.high is not None
    assert gain.low <= ours - base <= gain.high and 0 < gain.high - gain.low <= 2


def test_interpolation_has_none(brain: Volume) -> None:
    result = run(reconstruct_with_gain(_thick(brain), Request(2, 4, method="cubic")))
    assert result.expected_gain is None and result.provenance()["expected_gain"] is None


def test_faults_that_nobody_looked_for_are_found(brain: Volume) -> None:
    scan, request, model = _thick(brain), Request(2, 4), find_model(FAST)
    assert run(uncalibrated_before(scan, request, model)) is None
    for spoil, word in ((_moved, "moved"), (_black, "bad slice")):
        voxels = np.array(scan.voxels)
        spoil(voxels)
        reason = run(uncalibrated_before(replace(scan, voxels=voxels), request, model))
        assert reason is not None and word in reason


def _moved(voxels: np.ndarray) -> None:
    voxels[..., 1::2] = np.roll(voxels[..., 1::2], 2, axis=0)


def _black(voxels: np.ndarray) -> None:
    voxels[..., 10] = 0


@pytest.mark.parametrize(
    ("scan_changes", "request_changes", "noise", "words"),
    [
        ({"modality": "CT"}, {}, 0.0, "modality is CT"),
        ({"body_part": "KNEE"}, {}, 0.0, "knee"),
        ({"warnings": (ScanWarning("gantry_tilt", ""),)}, {}, 0.0, "gantry tilt"),
        ({"warnings": (ScanWarning("slice_brightness", ""),)}, {}, 0.0, "brighter or darker"),
        ({"slice_thickness": 1.0}, {}, 0.0, "as thick as their spacing"),
        ({}, {"factor": 8}, 0.0, "factor 8"),
        ({}, {"axis": 0}, 0.0, "not thick along that axis"),
        ({}, {"texture": 0.5}, 0.0, "texture"),
        ({}, {"flips": True}, 0.0, "flips"),
        ({}, {"isotropic": True}, 0.0, "isotropic"),
        ({}, {}, 0.2, "noise of 20.0 %"),
    ],
)
def test_each_reason_is_stated(
    brain: Volume,
    scan_changes: dict[str, object],
    request_changes: dict[str, object],
    noise: float,
    words: str,
) -> None:
    model = find_model(FAST)
    scan, request = _thick(brain).header, Request(2, 4)
    assert uncalibrated_reason(scan, request, model, 0.0) is None
    odd = replace(scan, **scan_changes)  # type: ignore[arg-type]
    asked = replace(request, **request_changes)  # type: ignore[arg-type]
    reason = uncalibrated_reason(odd, asked, model, noise)
    assert reason is not None and words in reason


def test_other_weights_were_not_measured(brain: Volume) -> None:
    other = replace(find_model(FAST), name="mine", sha256="0" * 64)
    reason = uncalibrated_reason(_thick(brain).header, Request(2, 4), other, 0.0)
    assert reason == "no gain was measured for the model 'mine'"


def test_terms_outside_the_table_are_not_calibrated() -> None:
    calibration = calibration_of(find_model(FAST))
    assert calibration is not None  # the shipped weights are those that were measured
    usual = {term.name: term.mean for term in calibration.terms}
    assert calibration.beyond(usual) is None
    assert calibration.expected(usual, group_of(Degradation(2, 4))).calibrated
    for term in calibration.terms:
        assert calibration.beyond({**usual, term.name: term.high + 1}) == term.name
        assert term.name in TERMS
    assert from_plain(to_plain(calibration), GainCalibration) == calibration


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        {},
        {"db": 1.0},
        {**uncalibrated("x").values(), "db": 2.0},
        {"calibrated": True},
        {**ExpectedGain(2.0, 1.0, 3.0, True).values(), "high": 1e29},
        uncalibrated("x" * 5000).values(),
    ],
)
def test_damaged_values_are_left_out(value: object) -> None:
    assert read_expected_gain(value) is None


def test_values_are_read_as_they_were_written() -> None:
    for gain in (ExpectedGain(2.4, 1.8, 3.0, True), uncalibrated("it moved")):
        assert read_expected_gain(gain.values()) == gain
    assert ExpectedGain(2.4, 1.8, 3.0, True).text == (
        "+2.4 dB over cubic, 90 % between +1.8 and +3.0"
    )
    assert uncalibrated("it moved").text == "not calibrated for this scan: it moved"
