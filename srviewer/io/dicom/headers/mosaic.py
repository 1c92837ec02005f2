"""Siemens mosaics: the positions of the slices that one image holds as tiles.

The tiles run along the rows, from the upper left, in a square that is as small as it can be. The
header gives the position of the whole mosaic as if it were one large slice around the same centre;
the slices follow each other along the normal that Siemens keeps in a private "CSA" header.
"""

from math import ceil, sqrt

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from srviewer.io.dicom.elements.bounded_reading import read_header_elements
from srviewer.io.dicom.elements.csa import csa_numbers
from srviewer.io.dicom.elements.private_elements import SIEMENS_TILES, creator_of
from srviewer.io.dicom.headers.tiles import Numbers, PositionedTile, Whole, cut

CSA_IMAGE_HEADER = 0x00291010
CREATOR = "SIEMENS MR HEADER"
COUNT_NAME, NORMAL_NAME = "NumberOfImagesInMosaic", "SliceNormalVector"


def is_mosaic(header: Dataset, words: list[str]) -> bool:
    """Whether a header describes a Siemens mosaic.

    Args:
        header: The header, with Siemens' number of tiles where it has one.
        words: The values of its image type.

    Returns:
        True for the word MOSAIC, or more than one tile.
    """
    if "MOSAIC" in words:
        return True
    return creator_of(header, SIEMENS_TILES) == CREATOR and _stated(header) > 1


def mosaic_tiles(whole: Whole) -> tuple[PositionedTile, ...] | None:
    """Locate the slices of a mosaic.

    Args:
        whole: The mosaic.

    Returns:
        The tiles with their positions, in the order of the slices; None where the header lacks
        their number, their normal or the spacing.
    """
    header = read_header_elements(whole.file.path, (CSA_IMAGE_HEADER, SIEMENS_TILES))
    private = _private(header)
    count = _count(header, private)
    side = ceil(sqrt(count)) if count > 0 else 0
    tiles = cut(whole.file, count, side, side)
    normal = _normal(private, whole.orientation)
    if tiles is None or normal is None or whole.position is None or whole.orientation is None:
        return None
    if whole.pixel_spacing is None or not whole.spacing:
        return None
    down_mm, along_mm = whole.pixel_spacing
    first = np.array(whole.position) + (
        np.array(whole.orientation[:3]) * along_mm * (whole.file.columns - tiles[0].columns) / 2
        + np.array(whole.orientation[3:]) * down_mm * (whole.file.rows - tiles[0].rows) / 2
    )
    return tuple(
        PositionedTile(tile, tuple((first + number * whole.spacing * normal).tolist()), "")
        for number, tile in enumerate(tiles)
    )


def _private(header: Dataset) -> dict[str, Numbers]:
    """Siemens' private values by name; none where they are absent or damaged."""
    content = header[CSA_IMAGE_HEADER].value if CSA_IMAGE_HEADER in header else None
    if not isinstance(content, bytes):
        return {}
    return csa_numbers(content, (COUNT_NAME, NORMAL_NAME))


def _count(header: Dataset, private: dict[str, Numbers]) -> int:
    """The number of slices, 0 where the header does not state it."""
    stated = private.get(COUNT_NAME)
    return int(stated[0]) if stated else _stated(header)


def _stated(header: Dataset) -> int:
    """The number of tiles outside the "CSA" header, 0 where there is none."""
    if SIEMENS_TILES not in header:
        return 0
    value = header[SIEMENS_TILES].value
    return int.from_bytes(value[:2], "little") if isinstance(value, bytes) else int(value or 0)


def _normal(
    private: dict[str, Numbers], orientation: Numbers | None
) -> npt.NDArray[np.float64] | None:
    """The unit vector along which the slices follow, which may run against rows times columns."""
    stated = private.get(NORMAL_NAME)
    if orientation is None or stated is None or len(stated) != 3:
        return None
    crossed = np.cross(orientation[:3], orientation[3:])
    return crossed if float(np.dot(stated, crossed)) > 0 else -crossed
