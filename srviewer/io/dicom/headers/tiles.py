"""Tiles: the slices that one DICOM image holds beside and below each other."""

from dataclasses import dataclass

from srviewer.io.dicom.headers.stored_pixels import PixelFile

Numbers = tuple[float, ...]
MOST_TILES = 4096  # of one image, 64 along each edge


@dataclass(frozen=True)
class Tile:
    """The part of a frame that one slice fills.

    Attributes:
        row: Its first row in the frame.
        column: Its first column in the frame.
        rows: The rows of the slice.
        columns: The columns of the slice.
    """

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True)
class PositionedTile:
    """A tile with its position and time.

    Attributes:
        tile: The part of the frame.
        position: The centre of its first pixel (3), LPS mm.
        time: AcquisitionTime, "" where unknown.
    """

    tile: Tile
    position: Numbers
    time: str


@dataclass(frozen=True)
class Whole:
    """The image that holds the tiles, with the values that its header gives for all of it.

    Attributes:
        file: The storage of its pixels.
        position: The centre of its first pixel (3), LPS mm; None where unknown.
        orientation: Unit vectors along rows and down columns (6), LPS; None where unknown.
        pixel_spacing: mm between rows, mm between columns; None where unknown.
        spacing: mm between slices, 0 where unknown.
    """

    file: PixelFile
    position: Numbers | None
    orientation: Numbers | None
    pixel_spacing: Numbers | None
    spacing: float


def cut(file: PixelFile, count: int, down: int, across: int) -> tuple[Tile, ...] | None:
    """Cut an image into tiles of one size, which run along the rows from the upper left.

    Args:
        file: The storage of the image.
        count: The number of slices, which may be less than that of tiles.
        down: Tiles in a column.
        across: Tiles in a row.

    Returns:
        ``count`` tiles; None where rows or columns cannot be divided so, or ``count`` is not
        possible.
    """
    if not 0 < count <= min(down * across, MOST_TILES) or file.rows % down or file.columns % across:
        return None
    rows, columns = file.rows // down, file.columns // across
    return tuple(
        Tile(number // across * rows, number % across * columns, rows, columns)
        for number in range(count)
    )
