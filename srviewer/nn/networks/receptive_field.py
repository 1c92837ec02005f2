"""The receptive field of a generator: pixels further away cannot change an output pixel."""

from torch import nn

from srviewer.nn.networks.interpolated_base import BASE_RADIUS

UNBOUNDED = 2**20  # more than any image is large


def receptive_radius(network: nn.Module, factor: int) -> int:
    """The radius of the receptive field, or a few pixels more.

    The tails of other factors are left out. A network with a pooling layer depends on every pixel,
    and also on where an image begins.

    Args:
        network: A generator of ``srviewer.nn.networks``.
        factor: The factor at which it is run.

    Returns:
        Coarse pixels in each direction; ``UNBOUNDED`` for a network that pools.
    """
    radius = BASE_RADIUS
    for name, layer in network.named_modules():
        if isinstance(layer, nn.MaxPool2d):
            return UNBOUNDED
        parts = name.split(".")
        another = parts[0] == "tails" and parts[1:] and parts[1] != str(factor)
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) and not another:
            radius += max(layer.kernel_size) // 2
    return radius
