"""Two volumes on one grid: what their scores are, and when there are none."""

import numpy as np
import pytest

from phantoms import ORIENTATIONS
from srviewer.core.comparison.comparison import Comparison
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.resampling.reorient import Reorientation
from srviewer.core.scores.metrics import psnr, ssim
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run

MEANING = "the thin scan before it was degraded"


@pytest.fixture(scope="module")
def noisy(head: Volume) -> Volume:
    noise = np.random.default_rng(1).normal(0, 25, head.voxels.shape).astype(np.float32)
    return head.derived(head.voxels + noise, head.geometry, "noise", name="noisy")


def test_scores_of_a_volume_and_of_each_slice(head: Volume, noisy: Volume) -> None:
    scores = run(Comparison(head, noisy, MEANING).scores())
    data_range = measured_intensity(head.voxels).range
    inside = head.voxels > 0.05 * data_range
    assert scores.meaning == MEANING
    assert scores.data_range == data_range
    assert scores.voxels == np.count_nonzero(inside)
    assert [len(rows) for rows in scores.per_slice] == list(head.geometry.shape)
    assert scores.whole["psnr"] == pytest.approx(
        psnr(head.voxels, noisy.voxels, data_range, inside)
    )
    for axis, number in ((0, 11), (1, 30), (2, 17)):
        at = [slice(None)] * 3
        at[axis] = number
        row = scores.per_slice[axis][number]
        slices = head.voxels[*at], noisy.voxels[*at], data_range, inside[*at]
        assert row["psnr"] == pytest.approx(psnr(*slices))
        assert row["ssim"] == pytest.approx(ssim(*slices))


def test_the_whole_ssim_weighs_slices_by_foreground_and_planes_alike(
    head: Volume, noisy: Volume
) -> None:
    scores = run(Comparison(head, noisy, MEANING).scores())
    inside = head.voxels > 0.05 * scores.data_range
    planes = []
    for axis, rows in enumerate(scores.per_slice):
        weights = np.moveaxis(inside, axis, 0).sum(axis=(1, 2))
        known = [(row["ssim"], w) for row, w in zip(rows, weights, strict=True) if row["ssim"]]
        planes.append(sum(v * w for v, w in known) / sum(w for _, w in known))
    assert scores.whole["ssim"] == pytest.approx(np.mean(planes))


def test_an_empty_slice_has_no_score(head: Volume, noisy: Volume) -> None:
    first = run(Comparison(head, noisy, MEANING).scores()).per_slice[0][0]
    assert first == {"psnr": None, "ssim": None, "mae": None}


def test_without_a_mask_everything_counts(head: Volume, noisy: Volume) -> None:
    scores = run(Comparison(head, noisy, MEANING).scores("none"))
    assert (scores.mask, scores.voxels) == ("none", head.voxels.size)
    assert None not in [row["psnr"] for row in scores.per_slice[0]]


def test_the_range_is_that_of_the_reference(head: Volume) -> None:
    brighter = head.derived(head.voxels * 3, head.geometry, "brighter")
    one = run(Comparison(head, brighter, MEANING).scores())
    other = run(Comparison(brighter, head, MEANING).scores())
    assert other.data_range == pytest.approx(3 * one.data_range)
    assert other.whole["mae"] == pytest.approx(one.whole["mae"], rel=0.05)


def test_progress_rises_from_nothing_to_nearly_all(head: Volume, noisy: Volume) -> None:
    fractions = [step.fraction for step in Comparison(head, noisy, MEANING).scores()]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0 and 0.98 < fractions[-1] < 1


@pytest.mark.parametrize("fault", ["shape", "place"])
def test_two_grids_are_refused_in_words(head: Volume, thick_head: Volume, fault: str) -> None:
    other = thick_head
    if fault == "place":
        affine = head.geometry.affine.copy()
        affine[1, 3] += 0.5
        other = head.derived(head.voxels, Geometry(head.geometry.shape, affine), "moved", "moved")
    with pytest.raises(UserError) as refused:
        Comparison(head, other, MEANING)
    message = str(refused.value)
    assert f"'{other.name}'" in message and "'head'" in message
    if fault == "shape":
        assert "it has 40 x 48 x 9 voxels and not 40 x 48 x 36" in message
        assert "its spacing is 1 x 1 x 4 mm and not 1 x 1 x 1 mm" in message
    else:
        assert "its voxels lie 0.50 mm further along j (the patient's anterior)." in message
    assert "--resample" in message


@pytest.mark.parametrize("turn", ORIENTATIONS[5::17])
def test_axes_in_another_order_change_no_score(
    head: Volume, noisy: Volume, turn: np.ndarray
) -> None:
    axes = Reorientation(
        tuple(int(a) for a in np.abs(turn).argmax(axis=0)),  # type: ignore[arg-type]
        tuple(bool(s < 0) for s in turn.sum(axis=0)),  # type: ignore[arg-type]
    )
    grid = axes.grid(noisy.geometry)
    stored = Volume(axes.view(noisy.voxels), grid, "stored")
    expected = run(Comparison(head, noisy, MEANING).scores())
    found = run(Comparison(head, stored, MEANING).scores())
    assert found == expected and found.share == 1


def test_only_what_is_covered_is_scored(head: Volume, noisy: Volume) -> None:
    """Where the candidate has no values it may hold anything."""
    half = np.zeros(head.voxels.shape, bool)
    half[:20] = True
    broken = noisy.derived(np.where(half, noisy.voxels, -5000), noisy.geometry, "broken")
    scores = run(Comparison(head, broken, MEANING, half).scores())
    data_range = measured_intensity(head.voxels).range
    inside = half & (head.voxels > 0.05 * data_range)
    assert scores.voxels == inside.sum() and scores.data_range == data_range
    assert scores.share == pytest.approx(inside.sum() / (head.voxels > 0.05 * data_range).sum())
    assert scores.whole["psnr"] == psnr(head.voxels, noisy.voxels, data_range, inside)
    slice_scores = scores.per_slice[2][18]
    clear = inside[:, :, 18].copy()
    clear[15:] = False  # the window reaches 5 pixels
    expected = ssim(head.voxels[:, :, 18], noisy.voxels[:, :, 18], data_range, clear)
    assert slice_scores["ssim"] == pytest.approx(expected)
    assert scores.per_slice[0][30] == {"psnr": None, "ssim": None, "mae": None}
