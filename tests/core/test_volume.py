"""Volumes: shared safely, never changed, with a history."""

import numpy as np
import pytest

from srviewer.core.geometry import Geometry
from srviewer.core.volume import ScanWarning, Volume

SHAPE = (3, 4, 5)
GRID = Geometry(SHAPE, np.eye(4))


def test_voxels_cannot_be_written_but_the_callers_own_array_can() -> None:
    mine = np.zeros(SHAPE, np.float32)
    volume = Volume(mine, GRID, "mine")
    with pytest.raises(ValueError, match="read-only"):
        volume.voxels[0, 0, 0] = 1
    mine[0, 0, 0] = 1
    assert mine.flags.writeable


def test_voxels_become_float32() -> None:
    assert Volume(np.ones(SHAPE, np.int16), GRID, "whole").voxels.dtype == np.float32


def test_voxels_must_fill_the_grid() -> None:
    with pytest.raises(ValueError, match=r"\(3, 4, 6\) voxels on a grid of \(3, 4, 5\)"):
        Volume(np.zeros((3, 4, 6), np.float32), GRID, "wrong")


def test_a_derived_volume_keeps_what_is_known_and_adds_its_step() -> None:
    warning = ScanWarning("gantry_tilt", "tilted", (1.0, 2.0))
    scan = Volume(
        np.zeros(SHAPE, np.float32),
        GRID,
        "scan",
        unit="a.u.",
        modality="MR",
        stored_as="int16",
        history=("read",),
        warnings=(warning,),
    )
    result = scan.derived(np.ones((3, 4, 10), np.float32), GRID.refined(2, 2), "rebuilt", "thin")
    assert result.history == ("read", "rebuilt")
    assert (result.name, result.unit, result.modality) == ("thin", "a.u.", "MR")
    assert (result.stored_as, result.warnings) == ("int16", (warning,))
    assert result.derived(result.voxels, result.geometry, "again").name == "thin"
    assert scan.history == ("read",)
