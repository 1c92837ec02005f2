"""A network with the slice profile stated or estimated, on a real head."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.volume import Volume
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.paths import resource
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.reconstruction.restore import restored
from srviewer.sr.requests.request import Request
from srviewer.sr.results.reconstruction import Reconstruction

REQUEST = Request(2, 4, model="fast", device="cpu")
WIDE = 1.3  # spacings


@pytest.fixture(scope="module")
def thin() -> Volume:
    whole = run(read(Path(resource("sample/t2_brain_100_truth.nii.gz"))))
    spans = ((36, 100), (50, 114), (32, 112))
    geometry = whole.geometry
    for axis, (start, stop) in enumerate(spans):
        geometry = geometry.cropped(axis, start, stop)
    part = tuple(slice(*span) for span in spans)
    return whole.derived(whole.voxels[part], geometry, "its middle")


@pytest.fixture(scope="module")
def scan(thin: Volume) -> Volume:
    return Degradation(2, 4, "gaussian", WIDE).thick_volume(thin)


@pytest.fixture(scope="module")
def estimated(scan: Volume) -> Reconstruction:
    return run(reconstruct_scan(scan, replace(REQUEST, profile="estimate")))


def _score(result: Reconstruction, thin: Volume) -> float:
    intensity = volume_intensity(thin)
    seen = intensity.foreground(thin.voxels)
    return psnr(thin.voxels, result.volume.voxels, intensity.range, seen) or 0.0


def test_a_stated_profile_scores_as_a_box_does(
    scan: Volume, thin: Volume, estimated: Reconstruction
) -> None:
    box = _score(run(reconstruct_scan(Degradation(2, 4).thick_volume(thin), REQUEST)), thin)
    assumed = _score(run(reconstruct_scan(scan, REQUEST)), thin)
    stated = run(reconstruct_scan(scan, replace(REQUEST, profile="gaussian", thickness_mm=5.2)))
    assert assumed < box - 0.8
    assert _score(stated, thin) > box - 0.3
    assert _score(estimated, thin) > assumed + 0.6  # of 20 slices alone
    assert stated.consistency.max <= 1e-3 and stated.slice_profile is None


def test_a_profile_that_is_stated_too_wide_is_said(thin: Volume, scan: Volume) -> None:
    wide = replace(REQUEST, method="cubic", profile="gaussian")
    doubted = run(reconstruct_scan(Degradation(2, 4).thick_volume(thin), wide))
    assert "wider than the scan's own slices say" in doubted.warnings[0]
    assert " \u00b1 0." in doubted.warnings[0]
    assert not any("wider than" in line for line in run(reconstruct_scan(scan, wide)).warnings)


def test_what_was_estimated_is_said_and_comes_back_from_the_files(
    scan: Volume, estimated: Reconstruction, tmp_path: Path
) -> None:
    estimate, used = estimated.slice_profile, estimated.used_request
    assert estimate is not None and estimate.profile == used.profile == "gaussian"
    assert estimated.request.profile == "estimate" and estimated.request.thickness_mm is None
    assert used.thickness_mm == pytest.approx(4 * estimate.thickness, rel=1e-6)
    provenance = estimated.provenance()
    assert provenance["profile"] == "gaussian" and provenance["time_bandwidth"] is None
    assert provenance["profile_estimate"] == estimate.values()
    assert provenance["thickness_mm"] == used.thickness_mm
    image = tmp_path / "thin.nii.gz"
    run(write_image(estimated.volume, image, provenance))
    again = run(restored(scan, image, {}))
    assert again.slice_profile == estimate and again.request == estimated.request
    assert np.allclose(again.residual.voxels, estimated.residual.voxels, atol=0.05)
