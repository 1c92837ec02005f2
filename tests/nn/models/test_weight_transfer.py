import numpy as np
import pytest
import torch

from srviewer.errors import UserError
from srviewer.nn.inference.infer import weights_of
from srviewer.nn.models.weight_transfer import transferred
from srviewer.nn.networks.generator_table import network_spec
from srviewer.nn.networks.shape import NetworkShape, Size


def network(width: int, blocks: int, seed: int) -> torch.nn.Module:
    """A residual network whose every weight differs from zero, tails included."""
    torch.manual_seed(seed)
    shape = NetworkShape("axis", 1, 1, (2, 3), Size(width, blocks, 0))
    built = network_spec("residual").build(shape)
    with torch.no_grad():
        for weight in built.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
    return built


@pytest.mark.parametrize(("width", "blocks"), [(4, 2), (4, 5), (7, 2), (7, 5)])
def test_a_grown_network_does_what_the_small_one_did_and_can_learn(width: int, blocks: int) -> None:
    small, large = network(4, 2, seed=1), network(width, blocks, seed=2)
    weights = transferred(dict(weights_of(small)), dict(weights_of(large)))
    large.load_state_dict({name: torch.from_numpy(w) for name, w in weights.items()})
    slices = torch.rand(2, 3, 9, 8)
    for factor in (2, 3):
        assert torch.allclose(large(slices, factor), small(slices, factor), atol=1e-6)
    large(slices, 2).square().sum().backward()
    gradients = [b.second.weight.grad for b in large.body]
    assert all(g is not None and g.abs().max() > 0 for g in gradients)


def test_a_smaller_network_cannot_take_a_larger_one() -> None:
    small, large = (dict(weights_of(network(w, 2, 0))) for w in (4, 6))
    with pytest.raises(UserError, match=r"does not fit into this network: head\.weight"):
        transferred(large, small)
    deep = dict(weights_of(network(4, 3, 0)))
    with pytest.raises(UserError, match=r"body\.2"):
        transferred(deep, small)
    assert all(np.array_equal(w, small[n]) for n, w in transferred(small, small).items())
