"""A result whose voxels are on disk: what it tells, and what it does not offer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.volumes.volume import Volume
from srviewer.core.volumes.voxel_sources import KeptVolume
from srviewer.io.chunk_store import Scratch
from srviewer.job import run
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.results.doubts import find_regions
from srviewer.sr.results.kept_reconstruction import KeptReconstruction
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.slabs.slab_wise import SCAN_EDGES, streamed

# What differs between two runs, that one of them went slab by slab, and a sum in another order.
OF_ONE_RUN = {"seconds": 0, "peak_memory_mb": None, "slab_by_slab": None, "consistency": None}


@pytest.fixture
def result(thick_head: Volume, tmp_path: Path) -> KeptReconstruction:
    with Scratch(tmp_path) as scratch:
        voxels = scratch.voxels(thick_head.geometry.shape, SCAN_EDGES)
        voxels.write(2, 0, thick_head.voxels)
        job = streamed(KeptVolume(thick_head.header, voxels), Request(2, 4, "cubic"), scratch)
        return run(job)


def test_it_offers_nothing_that_needs_voxels_in_memory(result: KeptReconstruction) -> None:
    assert not isinstance(result, Reconstruction)
    for name in ("volume", "disagreement", "spread", "texture_change", "residual", "maps"):
        assert not hasattr(result, name)
    for header in (result.header, *(kept.header for kept in result.kept_maps.values())):
        assert not isinstance(header, Volume)


def test_it_tells_what_a_result_in_memory_tells(
    result: KeptReconstruction, thick_head: Volume
) -> None:
    whole = run(reconstruct(thick_head, result.request))
    assert result.provenance() | OF_ONE_RUN == whole.provenance() | OF_ONE_RUN
    assert result.consistency.rms == pytest.approx(whole.consistency.rms, rel=1e-12)
    assert result.consistency.max == whole.consistency.max
    assert result.header.geometry.matches(whole.volume.geometry)
    plain = replace(result.header, geometry=whole.volume.geometry)
    assert vars(plain) == vars(whole.volume.header)
    residual = result.kept_maps["residual"].header
    assert vars(residual) == vars(whole.residual.header)
    assert np.prod(result.kept.voxels.shape) == whole.volume.voxels.size


PLACES = (0, 2, 4, 6, None, None, 12, 14.25, 16.5, 18.75, 21, 23.25)
NETWORK = Request(2, 2, "cross-plane", device="cpu")


def _padded_with_gaps(gaps: bool) -> Volume:
    scan = Degradation(2, 2).thick_volume(phantoms.head((14, 20, 24)))
    voxels = scan.voxels + np.float32(300)
    voxels[:3], voxels[:, -4:], voxels[8:11, 9:12, 5:7] = -2000, -2000, -2000
    return replace(scan, voxels=voxels, padding=-2000.0, planes=Planes(2, PLACES) if gaps else None)


@pytest.mark.parametrize(
    ("request_", "gaps", "locks"),
    [
        (replace(NETWORK, flips=True, texture=0.5, minimum="scan"), False, True),
        (replace(NETWORK, also=((1, 2), (0, 2)), minimum="scan"), False, True),
        (replace(NETWORK, profile="gaussian", thickness_mm=1.7), False, True),
        (replace(NETWORK, factor=12, isotropic=True), False, False),
        (replace(NETWORK, texture=1.0, minimum="scan"), True, False),
        (replace(NETWORK, method="cubic", isotropic=True), True, False),
        (replace(NETWORK, gaps="run", method="back-projected", thickness_mm=3.0), True, True),
    ],
    ids=("flips and texture", "three axes", "profile", "passes", "gaps", "cubic gaps", "run"),
)
def test_every_request_gives_every_bit(
    request_: Request, gaps: bool, locks: bool, tmp_path: Path
) -> None:
    scan = _padded_with_gaps(gaps)
    mask = np.zeros(scan.geometry.shape, np.float32)
    mask[5:8, 6:12, 2:8] = 1
    region = Volume(mask, scan.geometry, "region") if locks else None
    whole = run(reconstruct_scan(scan, request_, region))
    with Scratch(tmp_path) as scratch:
        voxels = scratch.voxels(scan.geometry.shape, SCAN_EDGES)
        for start in range(0, scan.geometry.shape[2], SCAN_EDGES[2]):
            voxels.write(2, start, scan.voxels[:, :, start : start + SCAN_EDGES[2]])
        found = run(streamed(KeptVolume(scan.header, voxels), request_, scratch, region))
        maps = {kind: made.in_memory() for kind, made in found.kept_maps.items()}
        image = found.kept.in_memory()
    np.testing.assert_array_equal(image.voxels, whole.volume.voxels)
    assert image.history == whole.volume.history and found.warnings == whole.warnings
    assert maps.keys() == whole.maps().keys()
    for kind, made in whole.maps().items():
        np.testing.assert_array_equal(maps[kind].voxels, made.voxels)
        assert maps[kind].history == made.history
    assert found.consistency == whole.consistency and found.region == whole.region
    assert found.texture_changed() == whole.texture_changed()
    assert found.regions == run(find_regions(whole, scan))
