"""Planes joined on the device say what planes joined on the processor say. Here it is the CPU."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.volumes.volume import Volume
from srviewer.core.volumes.voxel_sources import Memory
from srviewer.errors import UserError
from srviewer.io.chunk_store import Scratch
from srviewer.job import Job, run
from srviewer.nn.inference.device_planes import JOINED, DevicePlanes
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.cross_plane import network
from srviewer.sr.cross_plane.estimate import Keep
from srviewer.sr.cross_plane.on_device import estimated_on_device, suits_device
from srviewer.sr.cross_plane.plane_slices import PlaneSlices
from srviewer.sr.cross_plane.refinement import Refinement
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request

ROUNDINGS = 1e-6  # of the intensity range
SCALE = 1000.0


@pytest.fixture
def planes() -> DevicePlanes:
    return DevicePlanes(Upsampler(find_model("fast"), "cpu"), (1, 2, 0), (4,), SCALE, 0.0, "mean")


def _request(**settings: Any) -> Request:
    known = {"axis": 2, "factor": 4, "device": "cpu", "precision": "float32"}
    return Request(**{**known, **settings})


@pytest.mark.parametrize(
    ("offset", "settings"),
    [
        (0.0, {}),  # with much air around the head
        (300.0, {"factor": 2, "axis": 0, "flips": True}),  # with an intensity floor
        (0.0, {"factor": 12, "axis": 1, "fusion": "first"}),  # in two passes
        (-700.0, {"factor": 6, "fusion": "second", "minimum": "scan", "also": ((0, 2),)}),
    ],
    ids=str,
)
def test_a_reconstruction_is_the_same_on_either_way(
    offset: float,
    settings: dict[str, Any],
    thick_head: Volume,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    voxels = np.asarray(thick_head.voxels[:39, ::-1] + np.float32(offset))
    voxels.flags.writeable = False
    geometry = thick_head.geometry.cropped(0, 0, 39)
    scan = Volume(voxels, geometry, "head")
    plain = run(reconstruct(scan, _request(**settings)))
    done = []

    def watched(slices: PlaneSlices, todo: Refinement, keep: Keep) -> Job[bool]:
        done.append((yield from estimated_on_device(slices, todo, keep)))
        return done[-1]

    monkeypatch.setattr(network, "suits_device", lambda *choice: True)
    monkeypatch.setattr(network, "estimated_on_device", watched)
    other = run(reconstruct(scan, _request(**settings)))

    assert done == [True for _ in other.request.steps]
    assert other.maps().keys() == plain.maps().keys()
    pairs = [(plain.volume, other.volume)]
    pairs += [(one, other.maps()[kind]) for kind, one in plain.maps().items()]
    for one, another in pairs:
        apart = np.abs(one.voxels - another.voxels).max() / plain.data_range
        assert apart < ROUNDINGS
    assert other.consistency.max < plain.consistency.max + ROUNDINGS
    assert np.ptp(other.maps()["disagreement"].voxels) > 0.01 * plain.data_range


def test_every_fusion_can_be_computed_there() -> None:
    assert set(JOINED) == {fusion.id for fusion in FUSIONS}


def test_it_is_for_gpus_and_for_results_in_memory(planes: DevicePlanes, tmp_path: Path) -> None:
    upsampler = planes.upsampler
    assert not suits_device(upsampler, Memory())
    upsampler.device = torch.device("cuda")  # nothing is moved there
    assert suits_device(upsampler, Memory())
    assert not suits_device(upsampler, Scratch(tmp_path))


def test_batches_are_halved_and_then_the_device_is_left(
    planes: DevicePlanes, thick_head: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network says that the memory is full when it is given more than ``fit`` slices."""
    fit, seen = 6, []

    def starved(layers: object, given: tuple[Any, ...]) -> None:
        if len(given[0]) > fit:
            raise torch.OutOfMemoryError("no more")
        seen.append(len(given[0]))

    whole = run(planes.joined(thick_head.voxels, ((),)))
    planes.upsampler.network.register_forward_pre_hook(starved)
    halved = run(planes.joined(thick_head.voxels, ((),)))
    assert whole is not None and halved is not None
    assert max(seen) <= fit and len(seen) > 2 * 40 // fit
    assert np.abs(halved.voxels - whole.voxels).max() < ROUNDINGS * SCALE

    fit = 0
    assert run(planes.joined(thick_head.voxels, ((),))) is None
    plain = run(reconstruct(thick_head, _request()))
    monkeypatch.setattr(network, "suits_device", lambda *choice: True)
    monkeypatch.setattr(DevicePlanes, "_refine", lambda planes, padded, *rest: starved(None, rest))
    other = run(reconstruct(thick_head, _request()))
    assert np.array_equal(other.volume.voxels, plain.volume.voxels)


def test_a_cancel_leaves_torch_as_it_was_and_a_broken_model_is_said(thick_head: Volume) -> None:
    model = find_model("fast")
    broken = replace(
        model, weights={name: w * np.float32(1e30) for name, w in model.weights.items()}
    )
    planes = DevicePlanes(Upsampler(broken, "cpu"), (0, 2, 1), (4,), SCALE, 0.0, "mean")
    job = planes.joined(thick_head.voxels, ((),))
    next(job)
    assert not torch.is_inference_mode_enabled()
    job.close()
    with pytest.raises(UserError, match="no numbers"):
        run(planes.joined(thick_head.voxels, ((),)))
