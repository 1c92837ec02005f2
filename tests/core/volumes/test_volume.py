"""Headers and volumes: shared safely, never changed, with a history."""

from dataclasses import fields

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import ScanHeader, ScanWarning, Volume

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


def test_a_header_has_no_voxels() -> None:
    voxels = np.ones(SHAPE, np.float32)
    volume = Volume(voxels, GRID, "scan", unit="HU", slice_thickness=3.0, padding=-1.0)
    header = volume.header
    assert not isinstance(header, Volume)
    for name in ("voxels", "padded", "derived"):
        assert hasattr(volume, name) and not hasattr(header, name)
    again = header.with_voxels(voxels)
    assert np.array_equal(again.voxels, voxels)
    for field in fields(ScanHeader):
        assert getattr(again, field.name) == getattr(header, field.name)
    with pytest.raises(ValueError, match="voxels on a grid of"):
        header.with_voxels(np.ones((3, 4, 6), np.float32))


def test_a_derived_volume_has_the_derived_header() -> None:
    scan = Volume(np.zeros(SHAPE, np.float32), GRID, "scan", frame="1.2.3", history=("read",))
    grid, voxels = GRID.refined(2, 2), np.ones((3, 4, 10), np.float32)
    result, header = scan.derived(voxels, grid, "rebuilt"), scan.derived_header(grid, "rebuilt")
    assert type(header) is ScanHeader and header.geometry is result.geometry is grid
    for field in fields(ScanHeader):
        assert getattr(header, field.name) == getattr(result, field.name)


def test_volumes_and_headers_are_themselves_alone() -> None:
    one, other = (Volume(np.zeros(SHAPE, np.float32), GRID, "scan") for _ in range(2))
    assert one != other and one.header != one.header
    assert len({one: 1, other: 2, one.header: 3}) == 3
