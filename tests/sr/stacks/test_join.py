"""Stacks of a phantom joined: the grid, the numbers of the contract, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.stacks.join import join
from srviewer.sr.stacks.request import JoinRequest, single_request


def stacks_of(thin: Volume, axes: tuple[int, ...] = (2, 0), factor: int = 4) -> list[Volume]:
    return [Degradation(axis, factor).thick_volume(thin) for axis in axes]


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
