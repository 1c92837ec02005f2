"""How far a generator looks: what lies further away cannot change a pixel."""

from torch import nn

from srviewer.nn.networks.interpolated_base import REACH

EVERYWHERE = 2**20  # more than any image is large


def reach_of(network: nn.Module, factor: int) -> int:
    """Coarse pixels in each direction that a fine pixel depends on, or a few more than those.

    The tails of other factors are left out. A network that pools sees everything: what it gives
    depends also on where an image begins.
    """
    reach = REACH
    for name, layer in network.named_modules():
        if isinstance(layer, nn.MaxPool2d):
            return EVERYWHERE
        parts = name.split(".")
        another = parts[0] == "tails" and parts[1:] and parts[1] != str(factor)
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) and not another:
            reach += max(layer.kernel_size) // 2
    return reach
