"""Slices that moved within their stack are found and moved back; slices that did not are left."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import affine_transform

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Axis, Geometry, Matrix
from srviewer.core.stacks.placed_stack import PlacedStack
from srviewer.core.stacks.rigid import motion_of
from srviewer.core.stacks.slice_motion import still_slices
from srviewer.core.volumes.volume import Volume
from srviewer.gui.texts.joined_card import stack_facts_text
from srviewer.job import run
from srviewer.sr.stacks.join import HELD, OF_TWO, join
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.stacks.slice_placing import SlicePlacing
from srviewer.sr.stacks.slice_rounds import Found, KeptMotions

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


@pytest.mark.parametrize("count", [6, 8])  # slices of 4 mm: one stack is short, the other not
def test_nothing_of_a_short_stack_is_moved_by_more_than_3_mm(thin: Volume, count: int) -> None:
    """Slices that were moved by 5 mm, which are found where a stack is not short."""
    motions = np.tile(np.eye(4), (thin.geometry.shape[2] // 4, 1, 1))
    motions[1::2, :3, 3] = (3.0, -4.0, 0.0)
    motions[::4, :3, 3] = (1.5, 1.0, 0.0)
    whole = with_moved_slices(thin, motions)
    first = 4
    scan = whole.derived(
        whole.voxels[:, :, first : first + count],
        whole.geometry.cropped(2, first, first + count),
        "some slices",
    )
    model = Degradation(2, 4)
    stack = PlacedStack(scan.voxels, scan.geometry, model, scan.voxels, None, np.eye(4))
    found = run(SlicePlacing(stack, scan.voxels > 50).found(thin.voxels, thin.geometry))
    assert found is not None and found.evidence > 20
    assert found.moved and (found.mm[::4] > 1).any()  # what moved by less is moved back
    assert (found.mm.max() > 3) == (count == 8)
    assert found.held == ((1, 3, 5) if count == 6 else ()) and not found.is_held
    centre = np.r_[scan.geometry.centre, 1]
    reach = np.linalg.norm(found.motions @ centre - centre, axis=1)
    assert (reach.max() > 3) == (count == 8)


def test_a_short_stack_that_seems_to_have_moved_too_far_is_said_to_stay(thin: Volume) -> None:
    whole, other = still_stacks(thin, AXES[:2])
    voxels = np.roll(whole.voxels[:, :, 7:9], 5, axis=1)
    short = whole.derived(voxels, whole.geometry.cropped(2, 7, 9), "moved by 5 mm")
    joined = run(join([replace(short, name="short"), other], MOVED))
    found = joined.stacks[0].slices
    assert found is not None and found.is_still and found.is_held and not found.moved
    assert f"'short': {HELD}" in joined.warnings
    assert "seem to have moved" in stack_facts_text(joined, 0)


def test_little_memory_is_kept_for_the_motions_of_other_sets() -> None:
    """All sets of eight large stacks would be gigabytes."""
    moved = replace(still_slices(4, 9.0), mm=np.full(4, 2.0))
    kept = KeptMotions(most_bytes=100)
    still = Found(still_slices(4, 1.0), None, ("still",))
    rows = [Found(moved, np.zeros((2, 2, 2), np.float32), (n,)) for n in range(5)]  # 32 bytes each
    for found in (still, *rows):
        kept.put(found)
    assert [kept.get(found.version) for found in rows] == [None, None, *rows[2:]]
    assert kept.get(still.version) is still


def test_what_slices_cannot_be_told_of_is_said(thin: Volume, motions: Matrix) -> None:
    stacks = [with_moved_slices(thin, motions), *still_stacks(thin, AXES[1:2])]
    two = run(join(stacks, MOVED))
    assert not all(stack.slices is None or stack.slices.is_still for stack in two.stacks)
    assert OF_TWO in two.warnings
    small = still_stacks(phantoms.head((32, 36, 32)), (2, 0, 2))
    affine = small[2].geometry.affine.copy()
    affine[0, 3] += 150  # mm beside the others
    small[2] = replace(small[2], geometry=Geometry(small[2].geometry.shape, affine), name="far")
    apart = run(join(small, MOVED))
    far = apart.stacks[2].slices
    assert far is not None and not far.is_compared and far.is_still
    assert any(
        line.startswith("'far': The other stacks cover too little") for line in apart.warnings
    )
    assert OF_TWO not in apart.warnings
