"""A Siemens mosaic: where the slices lie that one image holds as tiles.

The tiles run along the rows, from the upper left, in a square that is as small as it can be. The
header gives the position of the whole mosaic as if it were one large slice around the same centre;
the slices follow each other along the normal that Siemens keeps in a private "CSA" header.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt
from pydicom import dcmread
from pydicom.dataset import Dataset

from srviewer.errors import UserError
from srviewer.io.dicom_csa import csa_numbers
from srviewer.io.dicom_file import PixelFile

CSA_IMAGE_HEADER = (0x0029, 0x1010)
TILE_COUNT = (0x0019, 0x100A)
COUNT_NAME, NORMAL_NAME = "NumberOfImagesInMosaic", "SliceNormalVector"
Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Tile:
    """The part of a frame that one slice fills: its first row and column, and how many."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, eq=False)
class Mosaic:
    """The tiles in the order of their slices.

    ``first``: the position of the first slice, LPS mm; None where it or the direction of the
    slices is not known. ``normal``: unit vector along which they follow each other.
    """

    tiles: tuple[Tile, ...]
    first: npt.NDArray[np.float64] | None
    normal: npt.NDArray[np.float64]

    def position(self, number: int, spacing: float) -> Numbers | None:
        """LPS mm of slice ``number``, with slices ``spacing`` mm apart."""
        if self.first is None or not spacing:
            return None
        return tuple((self.first + number * spacing * self.normal).tolist())


def tiles(
    file: PixelFile,
    position: Numbers | None,
    orientation: Numbers | None,
    pixel_spacing: Numbers | None,
) -> Mosaic:
    """Cut the image of ``file`` into slices; ``position`` and the others are its header's.

    Raises UserError when nothing says how many slices it holds.
    """
    header = dcmread(
        file.path,
        stop_before_pixels=True,
        force=True,
        specific_tags=[CSA_IMAGE_HEADER, TILE_COUNT],
    )
    private = _private(header)
    count = _count(header, private)
    side = ceil(sqrt(count)) if count else 0
    if not count or file.rows % side or file.columns % side:
        raise UserError(
            f"'{file.path.name}' is a mosaic of many slices in one image, and its header does not "
            "say how many. Convert it to NIfTI with a tool that knows this scanner."
        )
    rows, columns = file.rows // side, file.columns // side
    cut = tuple(
        Tile(number // side * rows, number % side * columns, rows, columns)
        for number in range(count)
    )
    normal = _normal(private, orientation)
    if normal is None or position is None or orientation is None or pixel_spacing is None:
        return Mosaic(cut, None, np.zeros(3))
    down_mm, along_mm = pixel_spacing
    first = np.array(position) + (
        np.array(orientation[:3]) * along_mm * (file.columns - columns) / 2
        + np.array(orientation[3:]) * down_mm * (file.rows - rows) / 2
    )
    return Mosaic(cut, first, normal)


def _private(header: Dataset) -> dict[str, Numbers]:
    """Siemens' private values by name; none where they are absent or damaged."""
    content = header[CSA_IMAGE_HEADER].value if CSA_IMAGE_HEADER in header else None
    if not isinstance(content, bytes):
        return {}
    return csa_numbers(content, (COUNT_NAME, NORMAL_NAME))


def _count(header: Dataset, private: dict[str, Numbers]) -> int:
    """How many slices, 0 where nothing says so."""
    stated = private.get(COUNT_NAME)
    if stated:
        return int(stated[0])
    if TILE_COUNT not in header:
        return 0
    value = header[TILE_COUNT].value
    return int.from_bytes(value[:2], "little") if isinstance(value, bytes) else int(value)


def _normal(
    private: dict[str, Numbers], orientation: Numbers | None
) -> npt.NDArray[np.float64] | None:
    """The direction of the slices, which may run against rows times columns."""
    stated = private.get(NORMAL_NAME)
    if orientation is None or stated is None or len(stated) != 3:
        return None
    crossed = np.cross(orientation[:3], orientation[3:])
    return crossed if float(np.dot(stated, crossed)) > 0 else -crossed
