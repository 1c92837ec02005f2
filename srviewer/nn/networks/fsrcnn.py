"""FSRCNN: shrink, map, expand on the coarse grid, then one deconvolution (Dong et al. 2016)."""

from torch import nn

from srviewer.nn.networks.enlargement import convolution, enlargement_of, zero_initialised
from srviewer.nn.networks.generators import PostUpsampled
from srviewer.nn.networks.shape import NetworkShape

KERNEL = 9  # of the deconvolution


def fsrcnn(shape: NetworkShape) -> PostUpsampled:
    """Build FSRCNN, its last layer a deconvolution of its own for each factor.

    Args:
        shape: Of the network; the paper's d is ``width``, its s ``inner`` and its m ``blocks``.

    Returns:
        The network; all but the deconvolution works on the coarse grid.
    """
    enlargement, size = enlargement_of(shape), shape.size
    layers = [convolution(enlargement.inputs, size.width, 5), nn.PReLU(size.width)]
    layers += [convolution(size.width, size.inner, 1), nn.PReLU(size.inner)]
    for _ in range(size.blocks):
        layers += [convolution(size.inner, size.inner), nn.PReLU(size.inner)]
    layers += [convolution(size.inner, size.width, 1), nn.PReLU(size.width)]

    def deconvolution(factor: int) -> nn.Module:
        down, right = enlargement.strides(factor)
        layer = nn.ConvTranspose2d(
            size.width,
            enlargement.outputs,
            KERNEL,
            stride=(down, right),
            padding=KERNEL // 2,
            output_padding=(down - 1, right - 1),
        )
        return zero_initialised(layer)

    return PostUpsampled(shape, nn.Sequential(*layers), deconvolution)
