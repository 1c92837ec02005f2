"""Input, output and size of a generator."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """The size of a network; what the numbers count differs by family, see NETWORKS.

    Attributes:
        width: Feature channels.
        blocks: Repetitions of the family's block.
        inner: Channels of the family's narrow part, 0 where it has none.
    """

    width: int
    blocks: int
    inner: int = 0


@dataclass(frozen=True)
class NetworkShape:
    """Input and output of a generator.

    Attributes:
        layout: "axis": (B, 2 ``neighbours`` + 1, H, W) slices, H along the thick axis, to
            (B, 1, r H, W), the middle slice. "image": (B, ``channels``, H, W) to
            (B, ``channels``, r H, r W).
        channels: Colour channels of an image; 1 for slices.
        neighbours: Adjacent slices on each side of the middle one; 0 for images.
        factors: Every factor r that the network can do.
        size: The size of the network.
    """

    layout: str
    channels: int
    neighbours: int
    factors: tuple[int, ...]
    size: Size


def prime_factors(factor: int) -> list[int]:
    """The prime factors of a factor, by which some networks enlarge in stages.

    Args:
        factor: 1 or more.

    Returns:
        The larger first; their product is ``factor``.
    """
    primes: list[int] = []
    for prime in range(2, factor + 1):
        while factor % prime == 0:
            primes.insert(0, prime)
            factor //= prime
    return primes
