"""Multiply-adds of each network for one pixel of a thick slice. Needs no torch.

Only convolutions count: the interpolated base, activations and normalisations are a few additions.
"""

from dataclasses import dataclass

from srviewer.nn.networks.shape import NetworkShape, prime_factors


@dataclass(frozen=True)
class _Sizes:
    """The numbers that the counts below are made of; areas are pixels for each coarse one."""

    inputs: int
    outputs: int
    width: int
    blocks: int
    inner: int
    area: int
    stages: tuple[int, ...]


def _sizes(shape: NetworkShape, factor: int) -> _Sizes:
    slices, power = shape.layout == "axis", 1 if shape.layout == "axis" else 2
    return _Sizes(
        inputs=2 * shape.neighbours + 1 if slices else shape.channels,
        outputs=1 if slices else shape.channels,
        width=shape.size.width,
        blocks=shape.size.blocks,
        inner=shape.size.inner,
        area=factor**power,
        stages=tuple(prime**power for prime in prime_factors(factor)),
    )


def residual(shape: NetworkShape, factor: int) -> float:
    """Of the residual CNN: all of it works on the coarse grid.

    Args:
        shape: Of the network.
        factor: One of its factors.

    Returns:
        Multiply-adds for each coarse pixel.
    """
    s = _sizes(shape, factor)
    return 9 * s.width * (s.inputs + 2 * s.blocks * s.width + s.outputs * s.area)


def srcnn(shape: NetworkShape, factor: int) -> float:
    """Of SRCNN: all of it works on the fine grid.

    Args:
        shape: Of the network.
        factor: One of its factors.

    Returns:
        Multiply-adds for each coarse pixel.
    """
    s = _sizes(shape, factor)
    return s.area * (81 * s.inputs * s.width + 25 * s.inner * (s.width + s.outputs))


def fsrcnn(shape: NetworkShape, factor: int) -> float:
    """Of FSRCNN: all of it works on the coarse grid, from which the last layer spreads.

    Args:
        shape: Of the network.
        factor: One of its factors.

    Returns:
        Multiply-adds for each coarse pixel.
    """
    s = _sizes(shape, factor)
    mapping = 2 * s.width * s.inner + 9 * s.blocks * s.inner**2
    return 25 * s.inputs * s.width + mapping + 81 * s.width * s.outputs


def vdsr(shape: NetworkShape, factor: int) -> float:
    """Of VDSR: all of it works on the fine grid.

    Args:
        shape: Of the network.
        factor: One of its factors.

    Returns:
        Multiply-adds for each coarse pixel.
    """
    s = _sizes(shape, factor)
    inner = max(0, s.blocks - 2) * s.width
    return 9 * s.area * s.width * (s.inputs + inner + s.outputs)


def srresnet(shape: NetworkShape, factor: int) -> float:
    """Of SRResNet: a trunk on the coarse grid, a tail of sub-pixel shuffles.

    Args:
        shape: Of the network.
        factor: One of its factors.

    Returns:
        Multiply-adds for each coarse pixel.
    """
    s = _sizes(shape, factor)
    trunk = 81 * s.inputs * s.width + 9 * (2 * s.blocks + 1) * s.width**2
    return trunk + _shuffles(s) + 81 * s.area * s.width * s.outputs


def rrdb(shape: NetworkShape, factor: int) -> float:
    """Of RRDB: dense blocks on the coarse grid, a tail of enlargements and convolutions.

    Args:
        shape: Of the network.
        factor: One of its factors.

    Returns:
        Multiply-adds for each coarse pixel.
    """
    s = _sizes(shape, factor)
    seen = [s.width + number * s.inner for number in range(5)]
    dense = 9 * (sum(seen[:4]) * s.inner + seen[4] * s.width)
    trunk = 9 * s.inputs * s.width + 3 * s.blocks * dense + 9 * s.width**2
    tail, area = 0, 1
    for stage in s.stages:
        area *= stage
        tail += 9 * area * s.width**2
    return trunk + tail + 9 * area * s.width * (s.width + s.outputs)


def rfa(shape: NetworkShape, factor: int) -> float:
    """Of residual feature aggregation: its attention is counted as on a large slice.

    Args:
        shape: Of the network.
        factor: One of its factors.

    Returns:
        Multiply-adds for each coarse pixel.
    """
    s = _sizes(shape, factor)
    strided = 9 * s.inner**2 / 4 * (1 + 3 / 9)  # every second pixel, then three on every third
    attention = s.inner * (2 * s.width + s.inner) + strided
    aggregation = 4 * (18 * s.width**2 + attention) + 4 * s.width**2
    trunk = 9 * s.inputs * s.width + s.blocks * aggregation + 9 * s.width**2
    return trunk + _shuffles(s) + 9 * s.area * s.width * s.outputs


def _shuffles(s: _Sizes) -> float:
    """Of the convolutions before sub-pixel shuffles, stage by stage."""
    work, area = 0, 1
    for stage in s.stages:
        work += 9 * area * s.width**2 * stage
        area *= stage
    return work
