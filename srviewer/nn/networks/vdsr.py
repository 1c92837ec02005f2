"""VDSR: a deep stack of 3 x 3 convolutions on the interpolated slices (Kim et al. 2016)."""

from torch import nn

from srviewer.nn.networks.enlargement import convolution, enlargement_of, zero_initialised
from srviewer.nn.networks.generators import PreUpsampled
from srviewer.nn.networks.shape import NetworkShape


def vdsr(shape: NetworkShape) -> PreUpsampled:
    """Build VDSR.

    Args:
        shape: Of the network: ``blocks`` layers of ``width`` channels, the first and the last
            included.

    Returns:
        The network; its layers work on interpolated slices.
    """
    enlargement, width = enlargement_of(shape), shape.size.width
    layers: list[nn.Module] = [convolution(enlargement.inputs, width), nn.ReLU(inplace=True)]
    for _ in range(shape.size.blocks - 2):
        layers += [convolution(width, width), nn.ReLU(inplace=True)]
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return PreUpsampled(
        shape, nn.Sequential(*layers, zero_initialised(convolution(width, enlargement.outputs)))
    )
