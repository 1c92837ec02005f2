"""Air is interpolated, the rest is what the network says, the measured means hold everywhere."""

import numpy as np
import pytest
import torch

from srviewer.core.volumes.volume import Voxels
from srviewer.job import run
from srviewer.nn.inference import foreground_box
from srviewer.nn.inference.infer import Upsampler
from srviewer.nn.networks.generator_table import NETWORKS, NetworkSpec
from srviewer.nn.networks.receptive_field import UNBOUNDED, receptive_radius
from srviewer.nn.networks.shape import NetworkShape, Size
from srviewer.sr.models.available_models import find_model

FACTOR = 4


@pytest.fixture(scope="module")
def upsampler() -> Upsampler:
    return Upsampler(find_model("fast"), "cpu")


def in_air() -> Voxels:
    """Three slices of 60 x 90 with something bright at rows 4..9 and columns 60..69 alone."""
    random = np.random.default_rng(2)
    slices = (0.01 * random.random((3, 60, 90))).astype(np.float32)
    slices[:, 4:10, 60:70] = random.random((3, 6, 10))
    return slices


def test_what_is_not_air_is_as_if_nothing_had_been_skipped(
    upsampler: Upsampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices = in_air()
    skipping = run(upsampler.upsample(slices, FACTOR, 1.0))
    monkeypatch.setattr(foreground_box, "AIR_SHARE", -1.0)
    whole = run(upsampler.upsample(slices, FACTOR, 1.0))
    bright = (slice(None), slice(4 * FACTOR, 10 * FACTOR), slice(60, 70))
    assert np.abs(skipping[bright] - whole[bright]).max() < 1e-5
    assert np.abs(skipping - whole).max() > 1e-4  # far from it, something was skipped
    assert np.abs(skipping - whole).max() < 0.02


def test_air_keeps_the_measured_means_too(upsampler: Upsampler) -> None:
    for slices in (in_air(), np.full((2, 8, 9), 0.01, np.float32)):
        fine = run(upsampler.upsample(slices, FACTOR, 1.0))
        count, rows, columns = slices.shape
        means = fine.reshape(count, rows, FACTOR, columns).mean(axis=2)
        assert np.abs(means - slices).max() < 1e-5


@pytest.mark.parametrize("row", NETWORKS, ids=lambda row: row.id)
def test_no_network_looks_further_than_it_is_said_to(row: NetworkSpec) -> None:
    torch.manual_seed(4)
    network = row.build(NetworkShape("axis", 1, 1, (2, 3), Size(4, 1, 4))).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    reach = receptive_radius(network, 2)
    if reach == UNBOUNDED:
        assert row.id == "rfa"
        return
    assert reach < 60
    flat = torch.rand(1, 3, 8, 140)
    spot = flat.clone()
    spot[0, 1, 3, 70] += 1.0
    with torch.no_grad():
        changed = (network(spot, 2) - network(flat, 2))[0, 0].abs().amax(dim=0)
    columns = (changed > 1e-7).nonzero().flatten()
    assert columns.min() >= 70 - reach and columns.max() <= 70 + reach
