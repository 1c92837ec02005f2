"""Tiled images ("VFRAME") of United Imaging: the positions of their slices, each given by itself.

The tiles run along the rows, from the upper left, in as many columns as the root of their number
needs and as few rows. A private sequence holds an item for each slice, in the order of the tiles.
"""

from math import ceil, sqrt

from pydicom.dataset import Dataset

from srviewer.io.dicom.elements.bounded_reading import items_of, read_header_elements
from srviewer.io.dicom.elements.private_elements import UIH_TILES, creator_of, private_number
from srviewer.io.dicom.elements.tags import Lookup
from srviewer.io.dicom.headers.tiles import MOST_TILES, PositionedTile, Whole, cut
from srviewer.job import run

SLICES = 0x00651051
CREATOR = "Image Private Header"


def is_vframe(header: Dataset, words: list[str]) -> bool:
    """Whether a header describes a tiled image of United Imaging.

    Args:
        header: The header, with the private number of tiles where it has one.
        words: The values of its image type.

    Returns:
        True for the word VFRAME, or more than one tile.
    """
    return "VFRAME" in words or _count(header) > 1


def vframe_tiles(whole: Whole) -> tuple[PositionedTile, ...] | None:
    """Locate the slices of a tiled image.

    Args:
        whole: The tiled image.

    Returns:
        The tiles with their positions, in their order; None where the header does not give each
        slice a position of its own. All have the earliest time, since they are of one volume.
    """
    path = whole.file.path
    header = read_header_elements(path, (SLICES >> 16 << 16 | 0x10, UIH_TILES, SLICES))
    count = _count(header)
    items = run(items_of(path, header, SLICES, min(count, MOST_TILES)))
    slices = [Lookup((), item) for item in items]
    across = ceil(sqrt(count)) if count > 0 else 0
    tiles = cut(whole.file, count, ceil(count / across) if across else 0, across)
    positions = [slice_values.numbers("ImagePositionPatient", 3) for slice_values in slices]
    if tiles is None or len(positions) != count or whole.orientation is None:
        return None
    placed = [position for position in positions if position is not None]
    if len(set(placed)) < count:
        return None
    # One time for all, since they are of one volume: that of the slice which was taken first.
    time = min((slice_values.text("AcquisitionTime") for slice_values in slices), default="")
    return tuple(
        PositionedTile(tile, position, time) for tile, position in zip(tiles, placed, strict=True)
    )


def _count(header: Dataset) -> int:
    """The number of tiles, 0 where the header does not state it."""
    if UIH_TILES not in header or creator_of(header, UIH_TILES) != CREATOR:
        return 0
    try:
        return int(float(private_number(header, UIH_TILES)))
    except (ValueError, OverflowError):
        return 0
