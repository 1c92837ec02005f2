"""A reconstruction with ``minimum``: nothing below the scan's least value, in every combination."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.volumes.volume import Volume
from srviewer.core.volumes.voxel_sources import Memory, kept
from srviewer.job import run
from srviewer.sr.batch.settings import Settings
from srviewer.sr.cross_plane.methods import METHODS
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.reconstruction.refine import refined
from srviewer.sr.requests.request import Request

HELD = Request(2, 4, minimum="scan")


@pytest.fixture(scope="module")
def scan() -> Volume:
    """A thick head on black."""
    thin = phantoms.head((20, 24, 32))
    return Degradation(2, 4).thick_volume(thin)


def _region(scan: Volume) -> Volume:
    mask = np.zeros(scan.geometry.shape, np.float32)
    mask[8:14, 8:14, 2:5] = 1
    return replace(scan, voxels=mask)


@pytest.mark.parametrize(
    "options",
    [
        *({"method": row.id} for row in METHODS),
        {"isotropic": True, "method": "cubic"},
        {"isotropic": True},
        {"also": ((0, 2),)},
        {"texture": 1.0},
        {"profile": "gaussian", "thickness_mm": 1.6},
        {"thickness_mm": 2.0, "method": "back-projected"},
        {"flips": True, "fusion": "first"},
    ],
)
def test_no_voxel_lies_below_the_scans_minimum(options: dict[str, Any], scan: Volume) -> None:
    result = run(reconstruct(scan, replace(HELD, **options)))
    assert result.volume.voxels.min() >= scan.voxels.min()
    assert result.provenance()["minimum"] == "scan" == result.provenance()["request"]["minimum"]
    plain = run(reconstruct(scan, replace(HELD, minimum="none", **options)))
    if options.get("method") not in ("linear", "nearest"):
        assert plain.volume.voxels.min() < scan.voxels.min()
        assert "minimum" in " ".join(result.volume.history)
    if not result.request.isotropic and not options.get("also"):
        assert result.consistency.max <= plain.consistency.max + 2e-4


@pytest.mark.parametrize("method", ["cross-plane", "back-projected"])
def test_the_minimum_may_lie_far_below_zero(method: str, scan: Volume) -> None:
    scan = replace(scan, voxels=scan.voxels - np.float32(1000))
    result = run(reconstruct(scan, replace(HELD, method=method)))
    assert result.volume.voxels.min() == scan.voxels.min() == -1000
    assert result.consistency.max < 1e-3


def test_a_locked_region_is_held_too(scan: Volume) -> None:
    result = run(reconstruct(scan, HELD, _region(scan)))
    assert result.volume.voxels.min() == scan.voxels.min() and result.consistency.max < 1e-5
    assert (
        run(reconstruct(scan, replace(HELD, minimum="none"), _region(scan))).volume.voxels.min() < 0
    )


@pytest.mark.parametrize("gaps", ["run", "fill"])
@pytest.mark.parametrize("isotropic", [False, True])
def test_runs_of_slices_are_held_at_the_minimum_of_all(
    gaps: str, isotropic: bool, scan: Volume
) -> None:
    places = (0, 4, 8, None, 16, 20.5, 25, 29.5)
    scan = replace(scan, planes=Planes(2, places))
    request = replace(HELD, gaps=gaps, method="cubic", isotropic=isotropic)
    result = run(reconstruct_scan(scan, request)).volume
    assert result.voxels.min() == scan.voxels.min()
    plain = run(reconstruct_scan(scan, replace(request, minimum="none"))).volume
    assert plain.voxels.min() < scan.voxels.min()


def test_without_it_every_voxel_is_what_the_method_gives(scan: Volume) -> None:
    request = replace(HELD, minimum="none")
    assert Request(2, 4) == request
    made = run(reconstruct(scan, request)).volume
    plain = run(refined(kept(scan), request, None, None, Memory())).estimate
    np.testing.assert_array_equal(made.voxels, plain.voxels.read(0, 0, made.geometry.shape[0]))
    assert "minimum" not in made.history[-1]


def test_batches_of_before_are_known_again_unless_it_is_asked_for() -> None:
    plain, held = (
        Settings(replace(HELD, method="cubic", minimum=minimum), None, None, "float32", False)
        for minimum in ("none", "scan")
    )
    assert "minimum" not in plain.fingerprint() != held.fingerprint()


def test_the_thickness_told_is_the_one_used_and_the_request_keeps_what_was_asked(
    scan: Volume,
) -> None:
    cubic = Request(2, 4, "cubic")
    spacing = scan.geometry.spacing[2]
    for stated, asked, used in [
        (None, None, spacing),
        (spacing * 0.7, None, spacing * 0.7),
        (spacing * 1.01, None, spacing),  # headers are rounded
        (spacing * 0.7, 3.1, 3.1),
    ]:
        stating = replace(scan, slice_thickness=stated)
        told = run(reconstruct(stating, replace(cubic, thickness_mm=asked))).provenance()
        assert told["thickness_mm"] == used and told["request"]["thickness_mm"] == asked
