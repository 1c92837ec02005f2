"""The maps that go with a result: what each one shows, and what it is called."""

from dataclasses import dataclass, replace

from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels


@dataclass(frozen=True)
class MapKind:
    """One kind of map. ``signed``: whether its values lie on both sides of 0.

    ``meaning``: what a voxel of it holds, in the unit of the scan; docs/trust.md has the rest.
    """

    id: str
    title: str
    meaning: str
    signed: bool


RESIDUAL = MapKind(
    "residual", "Residual", "the result degraded again minus the scan, on the scan's grid", True
)
DISAGREEMENT = MapKind(
    "disagreement", "Disagreement", "how far the estimates of the two planes lie apart", False
)
SPREAD = MapKind(
    "spread", "Spread of flips", "standard deviation of the results of mirrored copies", False
)
TEXTURE_CHANGE = MapKind(
    "texture-change", "Change by texture", "how far texture moves each voxel", False
)
MAPS = (DISAGREEMENT, RESIDUAL, SPREAD, TEXTURE_CHANGE)
# Voxels that texture moves by more than this share of the intensity range are counted as changed.
TEXTURE_THRESHOLD = 0.02


def made_map(like: ScanHeader, voxels: Voxels, name: str, kind: MapKind) -> Volume:
    """A map on the grid of ``like``, named after the scan ``name``; it has no padding."""
    return map_header(like, name, kind).with_voxels(voxels)


def map_header(like: ScanHeader, name: str, kind: MapKind) -> ScanHeader:
    """The header of ``made_map``."""
    made = like.derived_header(like.geometry, f"{kind.id}: {kind.meaning}")
    return replace(made, name=f"{name} ({kind.id})", stored_as="float32", padding=None)
