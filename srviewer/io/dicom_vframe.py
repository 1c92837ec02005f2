"""A tiled image ("VFRAME") of United Imaging: where its slices lie, each by a position of its own.

The tiles run along the rows, from the upper left, in as many columns as the root of their number
needs and as few rows. A private sequence holds an item for each slice, in the order of the tiles.
"""

from io import BytesIO
from math import ceil, sqrt

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filereader import read_sequence
from pydicom.sequence import Sequence as Items

from srviewer.io.dicom_private import UIH_TILES, creator_of, private_number
from srviewer.io.dicom_tags import Lookup
from srviewer.io.dicom_tiles import PlacedTile, Whole, cut

SLICES = 0x00651051
CREATOR = "Image Private Header"


def is_vframe(header: Dataset, words: list[str]) -> bool:
    """Whether a header says so in the ``words`` of its image type or by a number of tiles."""
    return "VFRAME" in words or _count(header) > 1


def vframe_tiles(whole: Whole) -> tuple[PlacedTile, ...] | None:
    """The slices in the order of the tiles; None where the header does not place every one."""
    header = dcmread(
        whole.file.path,
        stop_before_pixels=True,
        force=True,
        specific_tags=[SLICES >> 16 << 16 | 0x10, UIH_TILES, SLICES],
    )
    count, slices = _count(header), [Lookup((), item) for item in _items(header)]
    across = ceil(sqrt(count)) if count > 0 else 0
    tiles = cut(whole.file, count, ceil(count / across) if across else 0, across)
    positions = [one.numbers("ImagePositionPatient", 3) for one in slices]
    if tiles is None or len(positions) != count or whole.orientation is None:
        return None
    placed = [position for position in positions if position is not None]
    if len(set(placed)) < count:
        return None
    # One time for all, since they are of one volume: that of the slice which was taken first.
    time = min((one.text("AcquisitionTime") for one in slices), default="")
    return tuple(
        PlacedTile(tile, position, time) for tile, position in zip(tiles, placed, strict=True)
    )


def _count(header: Dataset) -> int:
    """How many tiles, 0 where nothing says so."""
    if UIH_TILES not in header or creator_of(header, UIH_TILES) != CREATOR:
        return 0
    try:
        return int(float(private_number(header, UIH_TILES)))
    except (ValueError, OverflowError):
        return 0


def _items(header: Dataset) -> Items:
    if SLICES not in header:
        return Items()
    value = header[SLICES].value
    if isinstance(value, bytes):  # of a kind that is not known, as implicit encoding leaves it
        implicit, little = header.original_encoding
        return read_sequence(BytesIO(value), bool(implicit), bool(little), len(value), "ascii")
    return value if isinstance(value, Items) else Items()
