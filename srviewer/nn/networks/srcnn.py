"""SRCNN: three layers, 9-5-5, on the interpolated slices (Dong et al. 2014)."""

from torch import nn

from srviewer.nn.networks.enlargement import convolution, enlargement_of, zero_initialised
from srviewer.nn.networks.generators import PreUpsampled
from srviewer.nn.networks.shape import NetworkShape


def srcnn(shape: NetworkShape) -> PreUpsampled:
    """Build SRCNN.

    Args:
        shape: Of the network: ``width`` filters in the first layer, ``inner`` in the second.

    Returns:
        The network; its layers work on interpolated slices.
    """
    enlargement, size = enlargement_of(shape), shape.size
    trunk = nn.Sequential(
        convolution(enlargement.inputs, size.width, 9),
        nn.ReLU(inplace=True),
        convolution(size.width, size.inner, 5),
        nn.ReLU(inplace=True),
        zero_initialised(convolution(size.inner, enlargement.outputs, 5)),
    )
    return PreUpsampled(shape, trunk)
