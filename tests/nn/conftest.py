"""Shared by the tests of networks: a phantom that a network can learn, a tiny feature network."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.nn.inference.infer import weights_of
from srviewer.nn.models.feature_network import FORMAT, FeatureNetwork
from srviewer.nn.models.safetensors_file import write_arrays


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Networks as small as these are slower on several threads than on one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def blobs() -> Volume:
    """Blobs with sharp edges: what a network can learn and a polynomial cannot."""
    noise = np.random.default_rng(0).normal(size=(48, 44, 40))
    voxels = np.where(gaussian_filter(noise, 4) > 0, 900, 100).astype(np.float32)
    return Volume(voxels, Geometry(voxels.shape, np.eye(4)), "blobs")


@pytest.fixture(scope="session")
def feature_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A feature network of a few channels with random weights, and features of magnitude 1."""
    torch.manual_seed(5)
    network = FeatureNetwork((3, 4, 5))
    with torch.no_grad():
        for level in network.levels:
            torch.nn.init.orthogonal_(level.first.weight, gain=2)
            torch.nn.init.orthogonal_(level.second.weight, gain=2)
        network.scale.copy_(network(torch.rand(8, 1, 16, 16)).abs().mean())
    path = tmp_path_factory.mktemp("features") / "tiny.safetensors"
    write_arrays(path, dict(weights_of(network)), {"format": FORMAT})
    return path
