"""The table of maps that belong to a result, and the volumes that hold them."""

from dataclasses import dataclass, replace

from srviewer.core.volumes.volume import ScanHeader


@dataclass(frozen=True)
class MapKind:
    """One kind of map.

    Attributes:
        id: The name in options, files and settings; never renamed.
        title: The name that users see.
        meaning: The content of a voxel, in the unit of the scan (docs/trust-measured.md).
        signed: Whether its values lie on both sides of 0.
    """

    id: str
    title: str
    meaning: str
    signed: bool


RESIDUAL = MapKind(
    "residual", "Residual", "the result degraded again minus the scan, on the scan's grid", True
)
DISAGREEMENT = MapKind(
    "disagreement",
    "Disagreement",
    "magnitude of the difference of the two planes' estimates",
    False,
)
SPREAD = MapKind(
    "spread",
    "Spread of flips",
    "standard deviation of the results of test-time augmentation",
    False,
)
TEXTURE_CHANGE = MapKind(
    "texture-change", "Change by texture", "magnitude of the change by texture", False
)
MAPS = (DISAGREEMENT, RESIDUAL, SPREAD, TEXTURE_CHANGE)  # of a reconstruction
LEFT_OUT = MapKind(
    "left-out",
    "Left-out residual",
    "what the other stacks predict for a stack minus what was measured in it, on its grid",
    True,
)
SHOWN_MAPS = (*MAPS, LEFT_OUT)  # of any result, in the window
# Voxels that texture moves by more than this share of the intensity range are counted as changed.
TEXTURE_THRESHOLD = 0.02


def map_header(like: ScanHeader, name: str, kind: MapKind) -> ScanHeader:
    """The header of a map, which has no padding.

    Args:
        like: The image whose grid and frame the map has.
        name: The name of the scan, which begins that of the map.
        kind: A row of ``MAPS``.

    Returns:
        The header.
    """
    header = like.derived_header(like.geometry, f"{kind.id}: {kind.meaning}")
    return replace(header, name=f"{name} ({kind.id})", stored_as="float32", padding=None)
