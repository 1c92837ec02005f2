"""The shipped generator: exact in its block means whatever it has learned."""

import numpy as np
import pytest
import torch

from srviewer.nn.residual import BASE_TAPS, ResidualNetwork, block_mean_kernel

FACTORS = (2, 3, 4, 5, 6, 8)


def stirred_network() -> ResidualNetwork:
    """A small network whose every weight is random, the tails' too."""
    torch.manual_seed(3)
    network = ResidualNetwork(width=8, blocks=2, neighbours=2, factors=FACTORS)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return network


@pytest.mark.parametrize("factor", FACTORS)
def test_each_block_of_rows_has_the_measured_mean(factor: int) -> None:
    slices = torch.rand(3, 5, 7, 9)
    with torch.no_grad():
        fine = stirred_network()(slices, factor)
    assert fine.shape == (3, 1, 7 * factor, 9)
    blocks = fine.reshape(3, 7, factor, 9).mean(dim=2)
    assert torch.allclose(blocks, slices[:, 2], atol=1e-5)
    assert fine.reshape(3, 7, factor, 9).std(dim=2).min() > 1e-4  # and it did add detail


@pytest.mark.parametrize("factor", FACTORS)
def test_the_untrained_network_reproduces_polynomials(factor: int) -> None:
    """The base is exact for cell means of degree 4: here of x^3 - 2x, by hand."""
    edges = np.linspace(-3, 3, 12 * factor + 1)
    primitive = edges**4 / 4 - edges**2
    thin = np.diff(primitive) / np.diff(edges)
    thick = thin.reshape(12, factor).mean(axis=1)
    slices = torch.from_numpy(np.tile(thick[:, None], (1, 1, 1, 4)).reshape(1, 1, 12, 4)).float()
    network = ResidualNetwork(width=4, blocks=1, neighbours=0, factors=FACTORS)
    with torch.no_grad():
        fine = network(slices, factor)[0, 0, :, 0].numpy()
    inner = slice(2 * factor, -2 * factor)  # the two outer voxels lack neighbours
    assert np.allclose(fine[inner], thin[inner], atol=2e-5)


def test_the_base_kernel_keeps_the_mean_of_its_middle_voxel() -> None:
    kernel = block_mean_kernel(4)
    assert kernel.shape == (4, BASE_TAPS)
    assert np.allclose(kernel.mean(axis=0), [0, 0, 1, 0, 0], atol=1e-6)


def test_only_the_asked_slice_direction_is_refined() -> None:
    """A change in one column of the input stays near that column and in its rows."""
    network = stirred_network()
    flat = torch.zeros(1, 5, 6, 40)
    spot = flat.clone()
    spot[0, 2, 3, 20] = 1.0
    with torch.no_grad():
        changed = (network(spot, 4) - network(flat, 4))[0, 0].abs()
    reach = 1 + 2 * 2 + 1  # head, two blocks of two, tail
    columns = changed.amax(dim=0).nonzero().flatten()
    assert columns.min() >= 20 - reach and columns.max() <= 20 + reach
