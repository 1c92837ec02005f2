"""Two scans are aligned, and stay where their headers put them without evidence."""

import sys
from dataclasses import replace

import numpy as np
import pytest

import phantoms
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.resample import resampled
from srviewer.core.stacks.rigid import corners, motion_of
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.sr.stacks.alignment import aligned

MOVED = np.array([*np.radians((3.0, -2.0, 4.0)), 4.0, -3.0, 2.5])


def moved_head(head: Volume) -> tuple[Volume, Matrix]:
    """The head as it was scanned after a motion, on the grid of the first scan; the motion."""
    motion = motion_of(MOVED, head.geometry.centre)
    there = replace(head, geometry=Geometry(head.geometry.shape, motion @ head.geometry.affine))
    return run(resampled(there, head.geometry)).volume, motion


def farthest_mm(found: Matrix, motion: Matrix, head: Volume) -> float:
    points = corners(head.geometry)
    differences = points @ (found - motion)[:3, :3].T + (found - motion)[:3, 3]
    return float(np.linalg.norm(differences, axis=1).max())


@pytest.mark.parametrize("inverted", [False, True], ids=["one contrast", "two contrasts"])
def test_a_known_motion_is_found(head: Volume, inverted: bool) -> None:
    second, motion = moved_head(head)
    if inverted:
        voxels = np.where(second.voxels > 20, 1200 - second.voxels, 0)
        second = replace(second, voxels=voxels.astype(np.float32))
    found = run(aligned(head, second))
    assert found.moved and found.refined is not inverted
    assert farthest_mm(found.motion, motion, head) < 0.5
    assert found.degrees == pytest.approx(np.degrees(np.linalg.norm(MOVED[:3])), abs=0.3)
    assert found.shift_mm == pytest.approx(MOVED[3:], abs=0.3)


def test_scans_that_agree_stay_where_they_are(head: Volume, thick_head: Volume) -> None:
    found = run(aligned(head, thick_head))
    assert not found.moved
    assert np.array_equal(found.motion, np.eye(4))


def test_what_is_alike_nowhere_is_refused(head: Volume) -> None:
    noise = np.random.default_rng(1).normal(500, 100, head.geometry.shape).astype(np.float32)
    with pytest.raises(UserError, match="not alike wherever they are laid"):
        run(aligned(phantoms.head(), replace(head, voxels=noise, name="noise")))


def test_a_scan_without_foreground_is_refused(head: Volume) -> None:
    empty = np.zeros(head.geometry.shape, np.float32)
    empty[3, 3, 3] = 1
    with pytest.raises(UserError, match="too little foreground"):
        run(aligned(head, replace(head, voxels=empty)))


def test_a_cancel_waits_for_no_arithmetic_on_voxels(head: Volume) -> None:
    """All of it runs in threads aside: the one that steps through the job only looks."""
    here: set[str] = set()
    other = replace(head, voxels=np.where(head.voxels > 20, 1200 - head.voxels, 0))
    sys.setprofile(lambda frame, event, value: here.add(frame.f_code.co_name))
    try:
        run(aligned(head, other))
    finally:
        sys.setprofile(None)
    assert "refined_motion" in here
    assert not here & {"volume_intensity", "probes_of", "coarse_likeness", "fit", "_in_levels_of"}
