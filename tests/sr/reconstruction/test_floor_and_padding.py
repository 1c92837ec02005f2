"""Results beside padding and of scans to which a constant was added."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.volumes.volume import Volume
from srviewer.io.export.image import write_image
from srviewer.job import Partial, run
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.plans.presets import preset
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.reconstruction.progressive_preview import with_preview
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.reconstruction.restore import restored
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.evaluate import EvaluationPlan, evaluate
from srviewer.sr.trust.self_test import self_test

CONSTANTS = (-1500.0, 700.0, 1024.0, 32768.0)
CUBIC = Request(axis=2, factor=2, method="cubic", device="cpu")
FAST = replace(CUBIC, method="cross-plane", model="fast", precision="float32")
PADDING = -32768.0


@pytest.fixture(scope="module")
def small(make_head: Callable[..., Volume]) -> Volume:
    """A noisy scan of a range of about 1000, in air of 0."""
    head = make_head((24, 28, 10), (1.0, 1.0, 2.0))
    noise = np.random.default_rng(5).normal(0, 10, head.voxels.shape)
    voxels = np.maximum(head.voxels + noise, 0).astype(np.float32)
    return replace(head, voxels=voxels)


@pytest.fixture(scope="module")
def padded(small: Volume) -> Volume:
    """With padding at two sides and in the middle of some slices."""
    voxels = np.array(small.voxels)
    voxels[:3], voxels[:, -2:], voxels[10:14, 10:16, 4:6] = PADDING, PADDING, PADDING
    return replace(small, voxels=voxels, padding=PADDING)


def moved(volume: Volume, constant: float) -> Volume:
    return replace(volume, voxels=volume.voxels + np.float32(constant))


@pytest.mark.parametrize("constant", CONSTANTS)
@pytest.mark.parametrize("request_", (CUBIC, FAST), ids=("cubic", "network"))
def test_a_constant_only_moves_the_result(
    small: Volume, request_: Request, constant: float
) -> None:
    before = run(reconstruct(small, request_))
    after = run(reconstruct(moved(small, constant), request_))
    off = np.abs(after.volume.voxels - np.float32(constant) - before.volume.voxels).max()
    assert off < 1e-3 * before.data_range
    assert after.data_range == pytest.approx(before.data_range, rel=1e-3)
    assert after.warnings == before.warnings


@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_constant_changes_no_evaluation(small: Volume, constant: float) -> None:
    plan = EvaluationPlan((2,), (1,), ("cubic",), ("fast",), "cpu")
    before, after = (run(evaluate([one], plan))[0] for one in (small, moved(small, constant)))
    assert after.scores["psnr"] == pytest.approx(before.scores["psnr"], abs=0.1)
    assert after.scores["ssim"] == pytest.approx(before.scores["ssim"], abs=1e-3)
    tests = [run(self_test(one, CUBIC)).rows for one in (small, moved(small, constant))]
    for ours, same in zip(*tests, strict=True):
        assert same.ours["psnr"] == pytest.approx(ours.ours["psnr"], abs=0.1)


def test_training_sees_the_same_shares(make_head: Callable[..., Volume]) -> None:
    head = make_head((72, 72, 72), (1.0, 1.0, 1.0))
    voxels = np.array(head.voxels)
    voxels[:4] = PADDING
    air = np.array(head.voxels)
    air[:4] = 0
    others = (replace(head, voxels=voxels, padding=PADDING), moved(replace(head, voxels=air), 900))
    plan = preset("fast").plan
    expected = PatchSource([replace(head, voxels=air)], plan).draw(0)
    for other in others:
        drawn = PatchSource([other], plan).draw(0)
        assert np.abs((drawn.targets - expected.targets).numpy()).max() < 0.05


@pytest.mark.parametrize("request_", (CUBIC, FAST), ids=("cubic", "network"))
def test_padding_does_not_reach_the_image(small: Volume, padded: Volume, request_: Request) -> None:
    expected, found = (run(reconstruct(one, request_)).volume for one in (small, padded))
    assert found.padded is not None and padded.padded is not None
    np.testing.assert_array_equal(found.padded, np.repeat(padded.padded, 2, axis=2))
    off = np.abs(found.voxels - expected.voxels)[~found.padded]
    assert np.mean(off > 0.05 * volume_intensity(small).range) < 0.01


@pytest.mark.parametrize(
    "request_",
    (FAST, replace(FAST, flips=True), replace(FAST, also=((0, 2),)), replace(FAST, texture=0.5)),
    ids=("plain", "flips", "second axis", "texture"),
)
def test_measured_voxels_are_reproduced_beside_padding(padded: Volume, request_: Request) -> None:
    result = run(reconstruct(padded, request_))
    voxels = result.volume.voxels
    for axis, factor in request_.also:
        voxels = Degradation(axis, factor).apply(voxels)
    again = Degradation(2, 2).apply(voxels)
    assert padded.padded is not None
    np.testing.assert_allclose(again[~padded.padded], padded.voxels[~padded.padded], atol=0.01)
    assert result.consistency.max < 1e-5
    assert np.abs(result.residual.voxels).max() < 0.01
    summary = result.disagreement_summary()
    assert summary is not None and summary["p99"] < 1
    for made in result.maps().values():
        assert made.padding is None and np.abs(made.voxels).max() < 2 * result.data_range


def test_another_profile_is_held_to_the_scan_beside_padding(padded: Volume) -> None:
    result = run(reconstruct(padded, replace(CUBIC, method="back-projected", profile="gaussian")))
    assert result.consistency.max < 2e-3
    measured = result.volume.voxels[result.volume.voxels != PADDING]
    assert measured.min() > -0.5 * result.data_range


def test_a_session_gives_the_padding_back(padded: Volume, tmp_path: Path) -> None:
    for padding in (PADDING, 0.0):  # estimates rounded to whole numbers may come to 0
        voxels = np.where(padded.voxels == PADDING, padding, np.maximum(padded.voxels, 1))
        scan = replace(padded, voxels=np.rint(voxels), padding=padding, stored_as="int16")
        result = run(reconstruct(scan, FAST))
        image = tmp_path / f"{padding:g}.nii.gz"
        run(write_image(result.volume, image, result.provenance(), "original"))
        again = run(restored(scan, image, {}))
        np.testing.assert_array_equal(again.volume.padded, result.volume.padded)
        assert again.consistency.max < 0.01 and again.data_range == result.data_range


def test_the_first_look_has_the_padding_of_the_result(padded: Volume) -> None:
    whole = run(reconstruct(padded, FAST)).volume
    job = with_preview(padded, FAST, lambda: padded.geometry.centre, reconstruct(padded, FAST))
    slices = [step.piece for step in job if isinstance(step, Partial)]
    assert len(slices) == 3
    for preview_slice in slices:
        axis = preview_slice.plane.normal_axis(whole.geometry)
        expected = np.take(whole.voxels == PADDING, [preview_slice.number], axis)
        np.testing.assert_array_equal(preview_slice.volume.padded, expected)
        assert preview_slice.volume.voxels[~expected].min() > -200


def test_gaps_and_isotropic_voxels_keep_padding(padded: Volume) -> None:
    isotropic = run(reconstruct(padded, replace(CUBIC, isotropic=True))).volume
    distance = padded.geometry.distance(2)
    places = tuple(None if k == 6 else k * distance for k in range(10))
    missing = replace(padded, planes=Planes(2, places))
    filled = run(reconstruct_scan(missing, replace(CUBIC, gaps="fill"))).volume
    for made in (isotropic, filled):
        assert made.padded is not None and 0.15 < made.padded.mean() < 0.45
        assert made.voxels[~made.padded].min() > -200


def test_padding_as_dark_as_air_stays_air(small: Volume) -> None:
    plain = run(reconstruct(small, CUBIC)).volume.voxels
    found = run(reconstruct(replace(small, padding=0.0), CUBIC)).volume
    assert found.padded is not None and 0 < found.padded.mean() < 0.9
    np.testing.assert_array_equal(found.voxels[~found.padded], plain[~found.padded])
