"""Stacks left out: with their repeats; where joining gains nothing, the best stack is given."""

from dataclasses import replace

import numpy as np
import pytest

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.stacks.coarse import VOXEL_MM, Coarse
from srviewer.core.stacks.regions import SHARED, compared_regions
from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.sr.stacks.join import NOT_MOVED, join
from srviewer.sr.stacks.request import JoinRequest

AS_THEY_LIE = JoinRequest(method="cubic", register="none")


@pytest.fixture(scope="module")
def thin() -> Volume:
    return phantoms.head((40, 48, 44))


def stack(thin: Volume, axis: int, name: str, noise: float = 0.01) -> Volume:
    thick = Degradation(axis, 4, noise=noise, seed=sum(map(ord, name))).thick_volume(thin)
    return replace(thick, name=name)


def test_a_repeat_of_the_same_slices_is_left_out_with_its_stack(thin: Volume) -> None:
    words = ((2, "ax"), (2, "ax again"), (0, "sag"), (1, "cor"))
    stacks = [stack(thin, axis, name) for axis, name in words]
    joined = run(join(stacks, AS_THEY_LIE))
    scores = [each.left_out for each in joined.stacks]
    assert [score and score.repeats for score in scores] == [(1,), (0,), (), ()]
    assert [score and score.single for score in scores[:2]] != [1, 0]  # which would win
    assert len(joined.gains) == 4 and min(joined.gains) > 0 and not joined.is_single
    # Repeats share errors, so that each weighs less, though they agree with each other best.
    weights = [each.weight for each in joined.stacks]
    assert max(weights[:2]) < 0.9 * min(weights[2:])
    # One other stack alone is not joined, and says nothing of joining.
    assert len(run(join(stacks[:3], AS_THEY_LIE)).gains) == 1


def test_that_repeats_agree_says_less_than_that_others_do() -> None:
    random = np.random.default_rng(3)
    grid = Geometry((24, 24, 24), np.diag([VOXEL_MM, VOXEL_MM, VOXEL_MM, 1.0]))
    seen = np.ones(grid.shape, bool)
    images = [random.normal(10, size, grid.shape).astype(np.float32) for size in (0.1, 0.1, 1.0)]
    coarse = [Coarse(image, seen, seen, grid) for image in images]
    still = [np.eye(4)] * 3
    alone = run(compared_regions(coarse, still, 0, 10.0))
    known = run(compared_regions(coarse, still, 0, 10.0, ((1,), (0,), ())))
    for number in (0, 1):  # the other is far closer than the third stack
        before, now = (1 / fields.trust[number] - 1 for fields in (alone, known))
        np.testing.assert_allclose(now, before / (1 - SHARED), rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(alone.trust[2], known.trust[2])
    np.testing.assert_array_equal(alone.agreement[0], known.agreement[0])


def test_a_stack_that_lies_elsewhere_does_not_vouch_for_others() -> None:
    random = np.random.default_rng(4)
    grid = Geometry((36, 12, 12), np.diag([VOXEL_MM, VOXEL_MM, VOXEL_MM, 1.0]))
    seen, ends = np.ones(grid.shape, bool), np.zeros(grid.shape, bool)
    ends[-6:] = True
    images = [random.normal(10, size, grid.shape).astype(np.float32) for size in (0.1, 0.1, 3, 0.1)]
    parts = zip(images, (seen, seen, seen, ends), strict=True)
    coarse = [Coarse(image, mask, mask, grid) for image, mask in parts]
    still = [np.eye(4)] * 4
    three = run(compared_regions(coarse[:3], still[:3], 0, 10.0)).trust
    four = run(compared_regions(coarse, still, 0, 10.0)).trust
    for number in range(3):
        np.testing.assert_allclose(four[number][:20], three[number][:20], rtol=1e-4)
    assert four[2][:20].max() < 0.1 < 0.5 < four[0][:20].min()
    assert np.all(four[3][:20] == 1)  # compared with none there


def test_where_joining_gains_nothing_the_stack_that_predicts_best_is_given(thin: Volume) -> None:
    elsewhere = thin.derived(np.roll(thin.voxels, 6, axis=1), thin.geometry, "moved")
    stacks = [stack(elsewhere, 1, "moved"), stack(thin, 2, "ax"), stack(thin, 0, "sag")]
    joined = run(join(stacks, AS_THEY_LIE))
    assert joined.gains and sum(joined.gains) < 0
    assert joined.single in (1, 2) and joined.is_single  # the reference predicts worst
    assert joined.values()["single"] == joined.single
    weights = [each.weight for each in joined.stacks]
    assert weights[joined.single] == pytest.approx(1) and sum(weights) == weights[joined.single]
    assert joined.volume.geometry.matches(thin.geometry)
    given = f"'{stacks[joined.single].name}' alone"
    assert any(given in line for line in joined.warnings)
    assert given in joined.volume.history[-1]
    assert NOT_MOVED not in joined.warnings
    slices = run(join(stacks, replace(AS_THEY_LIE, motion="slices")))
    assert slices.is_single and slices.warnings.count(NOT_MOVED) == 1
    assert slices.values()["warnings"] == list(slices.warnings)


def test_a_stack_is_compared_with_one_alone_only_where_that_covers_it(thin: Volume) -> None:
    """Two stacks that cover one half each: beyond it, what one alone predicts means nothing."""
    whole = stack(thin, 0, "sag")
    left, right = (
        replace(
            whole.derived(whole.voxels[a:b], whole.geometry.cropped(0, a, b), "half"), name=name
        )
        for a, b, name in ((0, 5, "left"), (5, 10, "right"))
    )
    joined = run(join([stack(thin, 2, "ax"), left, right], AS_THEY_LIE))
    scores = joined.stacks[0].left_out
    assert scores is not None and scores.psnr is not None and scores.psnr_single is not None
    assert scores.psnr_single == pytest.approx(scores.psnr, abs=2)  # the half is all that is known
    assert 0.3 < scores.share < 0.6
    # A half, which predicts nothing of the other half, never stands for all.
    halved = stack(thin.derived(np.roll(thin.voxels, 6, axis=1), thin.geometry, "m"), 2, "moved")
    assert run(join([left, right, halved], AS_THEY_LIE)).single in (2, None)
