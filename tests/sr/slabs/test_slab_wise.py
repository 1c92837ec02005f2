"""A result whose voxels are on disk: what it tells, and what it does not offer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.core.volumes.voxel_sources import KeptVolume
from srviewer.io.chunk_store import Scratch
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
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
