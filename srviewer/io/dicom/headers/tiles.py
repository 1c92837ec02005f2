"""Many slices in one image, as tiles beside and below each other."""

from dataclasses import dataclass

from srviewer.io.dicom.headers.stored_pixels import PixelFile

Numbers = tuple[float, ...]
MOST_TILES = 4096  # of one image, 64 along each edge


@dataclass(frozen=True)
class Tile:
    """The part of a frame that one slice fills: its first row and column, and how many."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True)
class PositionedTile:
    """A tile, the LPS mm of its first voxel, and when its image was taken, "" where not known."""

    tile: Tile
    position: Numbers
    time: str


@dataclass(frozen=True)
class Whole:
    """The image that holds the tiles, and what its header says of all of it.

    ``position`` (3), ``orientation`` (6): DICOM's, in LPS mm. ``pixel_spacing``: mm between rows,
    mm between columns. ``spacing``: mm between slices, 0 where unknown.
    """

    file: PixelFile
    position: Numbers | None
    orientation: Numbers | None
    pixel_spacing: Numbers | None
    spacing: float


def cut(file: PixelFile, count: int, down: int, across: int) -> tuple[Tile, ...] | None:
    """``count`` tiles along the rows of ``down`` x ``across``; None where the image is no such."""
    if not 0 < count <= min(down * across, MOST_TILES) or file.rows % down or file.columns % across:
        return None
    rows, columns = file.rows // down, file.columns // across
    return tuple(
        Tile(number // across * rows, number % across * columns, rows, columns)
        for number in range(count)
    )
