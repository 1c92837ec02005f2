"""The shipped generator: its file keeps loading, and it looks where it should."""

import torch

from srviewer.nn.infer import built_network
from srviewer.nn.model_file import load_model
from srviewer.nn.residual import ResidualNetwork
from srviewer.nn.specs import NetworkShape, Size, training_plan
from srviewer.paths import resource


def test_the_shipped_file_still_fits() -> None:
    model = load_model(resource("models") / "fast.safetensors")
    assert model.plan.shape == training_plan("fast").shape
    slices = torch.rand(1, 5, 6, 8)
    with torch.no_grad():
        fine = built_network(model)(slices, 4)
    assert torch.allclose(fine.reshape(1, 6, 4, 8).mean(dim=2), slices[:, 2], atol=1e-5)


def test_only_the_asked_slice_direction_is_refined() -> None:
    """A change in one column of the input stays near that column and in its rows."""
    torch.manual_seed(3)
    network = ResidualNetwork(NetworkShape("axis", 1, 2, (4,), Size(8, 2)))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    flat = torch.zeros(1, 5, 6, 40)
    spot = flat.clone()
    spot[0, 2, 3, 20] = 1.0
    with torch.no_grad():
        changed = (network(spot, 4) - network(flat, 4))[0, 0].abs()
    reach = 1 + 2 * 2 + 1  # head, two blocks of two, tail
    columns = changed.amax(dim=0).nonzero().flatten()
    assert columns.min() >= 20 - reach and columns.max() <= 20 + reach
