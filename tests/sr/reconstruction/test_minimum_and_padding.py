"""Reconstructions with ``minimum`` of scans with padding: the minimum of what was measured."""

from dataclasses import replace
from pathlib import Path
from typing import Any

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
from srviewer.sr.slabs.slab_wise import SCAN_EDGES, streamed

HELD = Request(2, 2, "cubic", minimum="scan", device="cpu")
METHODS = ("cubic", "cross-plane", "linear")
FLOOR = 3.0  # of the scan, below which results fall
PADDING = (-2000.0, 0.0, 4000.0)  # below the minimum, air, above all values


def padded(padding: float) -> Volume:
    """A thick head on a background above 0, with padding at two sides, in slices and a corner."""
    scan = Degradation(2, 2).thick_volume(phantoms.head((20, 24, 24)))
    voxels = scan.voxels + np.float32(FLOOR)
    voxels[:3], voxels[:, -4:], voxels[8:11, 9:12, 5:7] = padding, padding, padding
    voxels[10:, :, 0] = padding
    return replace(scan, voxels=voxels, padding=padding)


def measured_of(volume: Volume) -> np.ndarray:
    assert volume.padded is not None
    return volume.voxels[~volume.padded]


@pytest.mark.parametrize("padding", PADDING)
@pytest.mark.parametrize("method", METHODS)
def test_measured_voxels_are_held_and_padding_stays(padding: float, method: str) -> None:
    scan, request = padded(padding), replace(HELD, method=method)
    result = run(reconstruct(scan, request))
    plain = run(reconstruct(scan, replace(request, minimum="none")))
    expected = np.repeat(scan.padded, 2, axis=2)
    for made in (result.volume, plain.volume):
        np.testing.assert_array_equal(made.padded, expected)
    assert measured_of(scan).min() == FLOOR == measured_of(result.volume).min()
    assert f"minimum, {FLOOR:g}" in result.volume.history[-1]
    if method != "linear":
        assert measured_of(plain.volume).min() < FLOOR
    if method == "cross-plane":
        assert result.consistency.max < 1e-5
    again = Degradation(2, 2).apply(result.volume.voxels)
    before = Degradation(2, 2).apply(plain.volume.voxels)
    there = ~scan.padded
    np.testing.assert_allclose(again[there], np.maximum(before, FLOOR)[there], atol=0.01)
    thick = np.moveaxis(plain.volume.voxels, 2, 0).reshape(-1, 2, *plain.volume.voxels.shape[:2])
    above = np.repeat(np.moveaxis(thick.min(axis=1) >= FLOOR, 0, 2), 2, axis=2)
    np.testing.assert_array_equal(result.volume.voxels[above], plain.volume.voxels[above])


@pytest.mark.parametrize("padding", PADDING)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("minimum", ["scan", "none"])
def test_slab_by_slab_gives_every_bit(
    padding: float, method: str, minimum: Any, tmp_path: Path
) -> None:
    scan, request = padded(padding), replace(HELD, method=method, minimum=minimum)
    whole = run(reconstruct(scan, request))
    with Scratch(tmp_path) as scratch:
        voxels = scratch.voxels(scan.geometry.shape, SCAN_EDGES)
        for start in range(0, scan.geometry.shape[2], SCAN_EDGES[2]):
            voxels.write(2, start, scan.voxels[:, :, start : start + SCAN_EDGES[2]])
        found = run(streamed(KeptVolume(scan.header, voxels), request, scratch))
        together = np.stack(list(found.kept.planes()), axis=2)
        residual = np.stack(list(found.kept_maps["residual"].planes()), axis=2)
    np.testing.assert_array_equal(together, whole.volume.voxels)
    np.testing.assert_array_equal(residual, whole.residual.voxels)
    assert found.consistency.max == whole.consistency.max
    assert found.header.history == whole.volume.history


@pytest.mark.parametrize("padding", PADDING)
@pytest.mark.parametrize(
    "options",
    [
        {"isotropic": True},
        {"also": ((0, 2),)},
        {"also": ((0, 2),), "method": "cross-plane"},
        {"profile": "gaussian", "method": "back-projected", "thickness_mm": 0.8},
        {"thickness_mm": 1.0, "method": "cross-plane"},
    ],
)
def test_every_way_keeps_both(padding: float, options: dict[str, Any]) -> None:
    scan = padded(padding)
    result = run(reconstruct(scan, replace(HELD, **options)))
    plain = run(reconstruct(scan, replace(HELD, minimum="none", **options)))
    np.testing.assert_array_equal(result.volume.padded, plain.volume.padded)
    assert result.volume.padded is not None and 0.2 < result.volume.padded.mean() < 0.6
    assert measured_of(result.volume).min() >= FLOOR > measured_of(plain.volume).min()
    if not result.request.isotropic and not result.request.also:
        assert result.consistency.max <= plain.consistency.max + 2e-4


@pytest.mark.parametrize("padding", PADDING)
@pytest.mark.parametrize("gaps", ["run", "fill"])
@pytest.mark.parametrize("isotropic", [False, True])
def test_runs_of_slices_keep_both(padding: float, gaps: Any, isotropic: bool) -> None:
    places = (0, 2, 4, 6, None, None, 12, 14.25, 16.5, 18.75, 21, 23.25)
    scan = padded(padding)
    voxels = np.array(scan.voxels)
    voxels[:, :, 4:6] = padding
    scan = replace(scan, voxels=voxels, planes=Planes(2, places))
    request = replace(HELD, gaps=gaps, isotropic=isotropic)
    result = run(reconstruct_scan(scan, request)).volume
    plain = run(reconstruct_scan(scan, replace(request, minimum="none"))).volume
    np.testing.assert_array_equal(result.padded, plain.padded)
    assert result.padded is not None and 0.2 < result.padded.mean() < 0.6
    assert measured_of(result).min() >= FLOOR > measured_of(plain).min()


def test_a_scan_of_nothing_but_padding_stays_padding() -> None:
    scan = padded(0.0)
    scan = replace(scan, voxels=np.zeros_like(scan.voxels))
    assert run(reconstruct(scan, HELD)).volume.padded.all()
