"""What a generator takes and gives, and how large it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How large a network is; what the numbers count differs by family, see NETWORKS.

    ``width``: feature channels. ``blocks``: how often the family's block is repeated.
    ``inner``: channels of the family's narrow part, 0 where it has none.
    """

    width: int
    blocks: int
    inner: int = 0


@dataclass(frozen=True)
class NetworkShape:
    """What a generator takes and gives.

    ``layout`` "axis": (B, 2 ``neighbours`` + 1, H, W) slices, H along the thick axis, to
    (B, 1, r H, W). ``layout`` "image": (B, ``channels``, H, W) to (B, ``channels``, r H, r W).
    ``factors``: every r that it can do.
    """

    layout: str
    channels: int
    neighbours: int
    factors: tuple[int, ...]
    size: Size
