"""Slices that moved within their stack are found and moved back; slices that did not are left."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import affine_transform

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis, Matrix
from srviewer.core.stacks.rigid import motion_of
from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.sr.stacks.join import join
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.request import JoinRequest

AXES: tuple[Axis, Axis, Axis] = (2, 0, 1)
PLAIN = JoinRequest(method="cubic", register="none", left_out=False)
MOVED = replace(PLAIN, motion="slices")


@pytest.fixture(scope="module")
def thin() -> Volume:
    return phantoms.head((60, 72, 64))


@pytest.fixture(scope="module")
def motions(thin: Volume) -> Matrix:
    """(slices, 4, 4) of the first stack: every second slice as one, and each a little by itself."""
    random = np.random.default_rng(3)
    rows = []
    for number in range(thin.geometry.shape[2] // 4):
        numbers = np.r_[np.radians(random.normal(0, 0.8, 3)), random.normal(0, 0.4, 3)]
        if number % 2:
            numbers[3:] += (1.5, -1.8, 0.6)
            numbers[:3] += np.radians((0.0, 1.0, 2.5))
        rows.append(motion_of(numbers, thin.geometry.centre))
    return np.stack(rows)


def with_moved_slices(thin: Volume, motions: Matrix) -> Volume:
    """Axial slices of the head, each taken where it was moved to."""
    model = Degradation(2, 4, noise=0.01, seed=5)
    still = model.thick_volume(thin)
    voxels = still.voxels.copy()
    for number, motion in enumerate(motions):
        matrix = np.linalg.inv(thin.geometry.affine) @ motion @ thin.geometry.affine
        seen = affine_transform(thin.voxels, matrix[:3, :3], matrix[:3, 3], order=3)
        there = model.thick_volume(thin.derived(seen, thin.geometry, "moved"))
        voxels[:, :, number] = there.voxels[:, :, number]
    return replace(still.derived(voxels, still.geometry, "slices moved"), name="moving")


def still_stacks(thin: Volume, axes: tuple[Axis, ...]) -> list[Volume]:
    return [
        replace(Degradation(axis, 4, noise=0.01, seed=axis).thick_volume(thin), name="ijk"[axis])
        for axis in axes
    ]


def error(joined: Joined, thin: Volume) -> float:
    inside = thin.voxels > 50
    return float(np.std((joined.volume.voxels - thin.voxels)[inside]))


def test_moved_slices_are_found_and_the_join_is_better(thin: Volume, motions: Matrix) -> None:
    stacks = [with_moved_slices(thin, motions), *still_stacks(thin, AXES[1:])]
    joined, before = run(join(stacks, MOVED)), run(join(stacks, PLAIN))
    found = joined.stacks[0].slices
    assert found is not None and found.evidence > 20
    points = thin.geometry.world(np.argwhere(thin.voxels > 50)[::97])
    off, before_off = [], []
    for number in range(4, 12):  # slices of the middle, with enough of the head in them
        index = thin.geometry.index(points)[:, 2] // 4 == number
        for rows, known in ((off, found.motions[number]), (before_off, np.eye(4))):
            difference = known - motions[number]
            moved = points[index] @ difference[:3, :3].T + difference[:3, 3]
            rows.append(float(np.linalg.norm(moved, axis=1).mean()))
    assert np.mean(off) < 0.75 and max(off) < 1.25  # mm; where the stack lies: 1.5 and 2.8
    assert np.mean(off) < 0.5 * np.mean(before_off)
    assert error(joined, thin) < 0.8 * error(before, thin)
    said = json.loads(json.dumps(joined.values()))["stacks"][0]["slice_motion"]
    assert said["max_mm"] == pytest.approx(found.mm.max()) and said["moved"] == list(found.moved)


def test_slices_that_did_not_move_are_left_and_the_join_is_the_same() -> None:
    thin = phantoms.head((44, 52, 48))
    stacks = still_stacks(thin, AXES)
    joined = run(join(stacks, replace(MOVED, left_out=True)))
    before = run(join(stacks, replace(PLAIN, left_out=True)))
    for stack, other in zip(joined.stacks, before.stacks, strict=True):
        assert stack.slices is not None and stack.slices.is_still and not stack.slices.moved
        assert other.slices is None
        assert stack.left_out is not None and other.left_out is not None
        assert stack.left_out.psnr == pytest.approx(other.left_out.psnr, abs=0.05)
    assert np.allclose(joined.volume.voxels, before.volume.voxels, atol=2)  # of about 1000
