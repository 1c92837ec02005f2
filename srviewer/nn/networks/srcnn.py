"""SRCNN: three layers, 9-5-5, on the interpolated slices (Dong et al. 2014)."""

from torch import nn

from srviewer.nn.networks.enlargement import convolution, layout_of, silent
from srviewer.nn.networks.generators import PreUpsampled
from srviewer.nn.networks.shape import NetworkShape


def srcnn(shape: NetworkShape) -> PreUpsampled:
    """Build SRCNN.

    Args:
        shape: Of the network: ``width`` filters in the first layer, ``inner`` in the second.

    Returns:
        The network; its layers work on interpolated slices.
    """
    layout, size = layout_of(shape), shape.size
    trunk = nn.Sequential(
        convolution(layout.inputs, size.width, 9),
        nn.ReLU(inplace=True),
        convolution(size.width, size.inner, 5),
        nn.ReLU(inplace=True),
        silent(convolution(size.inner, layout.outputs, 5)),
    )
    return PreUpsampled(shape, trunk)
