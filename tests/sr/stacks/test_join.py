"""Stacks of a phantom joined: the grid, the numbers of the contract, and what is refused."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import affine_transform

import phantoms
from benchmarks.join_stacks import around
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.stacks.rigid import motion_of
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.stacks.join import join
from srviewer.sr.stacks.request import JoinRequest, single_request


def stacks_of(thin: Volume, axes: tuple[int, ...] = (2, 0), factor: int = 4) -> list[Volume]:
    return [Degradation(axis, factor).thick_volume(thin) for axis in axes]


def seen_through(thin: Volume, motion: Matrix) -> Volume:
    """What a scanner sees at each position where the motion has brought something else there."""
    matrix = np.linalg.inv(thin.geometry.affine) @ motion @ thin.geometry.affine
    voxels = affine_transform(thin.voxels, matrix[:3, :3], matrix[:3, 3], order=3)
    return thin.derived(voxels, thin.geometry, "moved")


@pytest.fixture(scope="module")
def thin() -> Volume:
    return phantoms.head((40, 48, 44))


def test_the_result_has_the_grid_of_the_reference_and_the_keys_of_the_contract(
    thin: Volume,
) -> None:
    stacks = stacks_of(thin)
    request = JoinRequest(reference=1, method="cubic", register="none")
    joined = run(join(stacks, request))
    alone = run(reconstruct(stacks[1], single_request(stacks[1], request)))
    assert joined.volume.geometry.matches(alone.volume.geometry)
    values = json.loads(json.dumps(joined.values()))
    assert {
        "reference", "grid", "spacing_mm", "model", "precision", "stacks", "seconds",
        "peak_memory_mb", "warnings",
    } <= set(values)  # fmt: skip
    assert {
        "index", "name", "rotation_deg", "translation_mm", "gain", "offset", "weight",
        "agreement", "left_out", "down_weighted",
    } <= set(values["stacks"][0])  # fmt: skip
    error = [np.std(v.voxels - thin.voxels) for v in (joined.volume, alone.volume)]
    assert error[0] < error[1]


def test_the_union_extends_the_lattice_by_whole_voxels(thin: Volume) -> None:
    first, second = stacks_of(thin)
    half = second.geometry.cropped(1, 20, 48)
    moved = half.affine.copy()
    moved[:3, 3] += 10 * half.affine[:3, 1] / half.spacing[1]
    second = replace(
        second.derived(second.voxels[:, 20:], Geometry(half.shape, moved), "cut"),
        slice_thickness=None,
    )
    request = JoinRequest(grid="union", method="cubic", register="none")
    joined = run(join([first, second], request)).volume
    assert joined.geometry.shape == (40, 58, 44)
    step = thin.geometry.index(joined.geometry.affine[:3, 3])
    assert np.abs(step - np.rint(step)).max() < 1e-6
    wide = run(join([first, second], replace(request, spacing_mm=2.0))).volume
    assert wide.geometry.spacing == pytest.approx((2, 2, 2))
    assert np.allclose(wide.geometry.centre, joined.geometry.centre)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reference": 2}, "numbered from 0 to 1"),
        ({"method": "linear"}, "cross-plane or cubic"),
        ({"spacing_mm": 0.01}, "0.1 to 10 mm"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    thin: Volume, change: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        run(join(stacks_of(thin), replace(JoinRequest(), **change)))
    with pytest.raises(UserError, match="2 to 8 stacks"):
        run(join(stacks_of(thin)[:1], JoinRequest()))


def test_a_moved_stack_is_found_and_joining_it_beats_the_better_stack(thin: Volume) -> None:
    motion = motion_of(np.r_[np.radians([2.0, -1.5, 1.0]), 1.5, -1.0, 1.2], thin.geometry.centre)
    stacks = [
        Degradation(2, 4).thick_volume(thin),
        Degradation(0, 4).thick_volume(seen_through(thin, motion)),
        Degradation(1, 4).thick_volume(thin),
    ]
    scaled = stacks[2].derived(4000 * stacks[2].voxels + 30, stacks[2].geometry, "scaled")
    joined = run(join([stacks[0], stacks[1], scaled], JoinRequest(method="cubic")))
    moved, still = joined.stacks[1], joined.stacks[2]
    inside = thin.geometry.world(np.argwhere(thin.voxels > 300)[::50])
    apart = inside @ (moved.moved - motion)[:3, :3].T + (moved.moved - motion)[:3, 3]
    assert np.linalg.norm(apart, axis=1).max() < 0.5  # of 2.5 mm, in a head of 4 cm
    assert np.abs(still.translation_mm).max() < 0.1
    assert still.gain == pytest.approx(1 / 4000, rel=0.04)  # one was stored in shares of 1
    alone = [run(reconstruct(s, single_request(s, JoinRequest(method="cubic")))) for s in stacks]
    error = [np.std(v.volume.voxels - thin.voxels) for v in (joined, alone[0], alone[2])]
    assert error[0] < 0.8 * min(error[1:])
    for stack in joined.stacks:
        assert stack.left_out is not None
        assert stack.left_out.psnr is not None
        assert stack.left_out.psnr_single is not None
        assert stack.left_out.psnr > stack.left_out.psnr_single
        assert stack.left_out.residual.geometry.shape == stacks[stack.index].geometry.shape
    assert not joined.is_single


def test_stacks_that_show_other_things_are_told_of_and_empty_ones_refused(thin: Volume) -> None:
    first, second = stacks_of(thin)
    request = JoinRequest(method="cubic", left_out=False)
    assert not any("hardly" in line for line in run(join([first, second], request)).warnings)
    other = second.derived(1000 - second.voxels, second.geometry, "other")
    joined = run(join([first, other], request))
    assert any("hardly predict each other" in line for line in joined.warnings)
    empty = second.derived(0 * second.voxels, second.geometry, "emptied")
    with pytest.raises(UserError, match="'head' is empty"):
        run(join([first, empty], request))
    with pytest.raises(UserError, match="hold the same voxels"):
        run(join([first, second, replace(first, name="copy")], request))


def test_a_ruined_slice_counts_less_and_does_not_pull_the_result_down(thin: Volume) -> None:
    first, second, third = stacks_of(thin, (2, 0, 1))
    voxels = second.voxels.copy()
    voxels[5] = voxels[5, ::-1, ::-1]
    ruined = second.derived(voxels, second.geometry, "ruined")
    request = JoinRequest(method="cubic", register="none", left_out=False)
    joined = run(join([first, ruined, third], request))
    clean = run(join([first, second, third], request))
    assert joined.stacks[1].down_weighted == (5,)
    assert joined.stacks[0].down_weighted == ()
    error = [np.std(v.volume.voxels - thin.voxels) for v in (joined, clean)]
    assert error[0] < 1.25 * error[1]


def test_a_join_stops_at_once_when_it_is_cancelled(thin: Volume) -> None:
    job = join(stacks_of(thin), JoinRequest(method="cubic"))
    steps = [next(job).fraction for _ in range(40)]
    assert min(steps) >= 0 and max(steps) <= 1
    started = time.process_time()
    job.close()
    assert time.process_time() - started < 2  # half a second where nothing else runs


def test_a_real_block_of_few_slices_is_hardly_moved(shared_data: Path) -> None:
    folder = shared_data / "stacks" / "lspine_t2_blocks"
    stacks = [run(read(folder / name)) for name in ("6_t2_sag.nii.gz", "8_t2_ax_3.nii.gz")]
    centre = stacks[1].geometry.centre
    stacks = [around(stack, centre, 35.0) for stack in stacks]
    joined = run(join(stacks, JoinRequest(method="cubic")))
    assert np.linalg.norm(joined.stacks[1].translation_mm) < 3
    score = joined.stacks[1].left_out
    assert score is not None and score.psnr is not None
    assert score.psnr > 10
    assert joined.warnings
