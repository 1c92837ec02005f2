"""The shipped generator: its file keeps loading, and it looks where it should."""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from srviewer.nn.catalogue import NetworkShape, Size, training_plan
from srviewer.nn.inference.infer import built_network
from srviewer.nn.models.model_file import load_model
from srviewer.nn.networks.residual import ResidualNetwork
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


class _Precision(TorchFunctionMode):
    """Notes at each convolution whether it may be rounded to TF32 on a GPU, and its weights."""

    def __init__(self) -> None:
        super().__init__()
        self.rounded: list[tuple[torch.Size, bool]] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if func is functional.conv2d:
            self.rounded.append((args[1].shape, torch.backends.cudnn.allow_tf32))
        return func(*args, **(kwargs or {}))


def test_the_measured_values_are_never_rounded_on_a_gpu() -> None:
    network = ResidualNetwork(NetworkShape("axis", 1, 2, (4,), Size(8, 2)))
    with _Precision() as seen, torch.no_grad():
        network(torch.rand(1, 5, 6, 8), 4)
    base = torch.Size((4, 1, 5, 1))
    assert seen.rounded.count((base, False)) == 1
    assert {may for shape, may in seen.rounded if shape != base} == {True}
    assert torch.backends.cudnn.allow_tf32
