"""NRRD images (.nrrd, .nhdr, .seg.nrrd) by their header: grid, volumes, segments.

The format: http://teem.sourceforge.net/nrrd/format.html.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from srviewer.core.geometry.grid import Matrix
from srviewer.core.regions.label_colours import Colour
from srviewer.core.regions.labels import LabelName
from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.text_headers.described_image import (
    LPS_TO_RAS,
    SECONDS,
    UNITS,
    DescribedImage,
    Segment,
    unknown_orientation,
    unknown_spacing,
)
from srviewer.io.text_headers.nrrd_fields import NrrdFields, nrrd_data, nrrd_fields
from srviewer.io.text_headers.text_header import all_finite, header_bytes, numbers, refused

# From the axes of a space to RAS.
SPACES = {
    **dict.fromkeys(("left-posterior-superior", "lps"), (-1.0, -1.0, 1.0)),
    **dict.fromkeys(("right-anterior-superior", "ras"), (1.0, 1.0, 1.0)),
    **dict.fromkeys(("left-anterior-superior", "las"), (-1.0, 1.0, 1.0)),
}
# Spaces whose axes are not the patient's; as in ITK, they are taken as left, posterior, superior.
OTHER_SPACES = (
    "scanner-xyz",
    "3d-right-handed",
    "3d-left-handed",
)
TIME = "-time"  # behind the name of a space of four dimensions
ASSUMED = "and as in ITK its axes are taken to run to Left, Posterior, Superior."
# Kinds of axes that are places, and those along which volumes follow each other.
PLACES = ("domain", "space", "", "???", "none")
VOLUMES = ("list", "time")
SINGLE = ("scalar", "stub")
VECTOR = re.compile(r"none|\([^()]*\)", re.IGNORECASE)
QUOTED = re.compile(r'"([^"]*)"')
SEGMENT = re.compile(r"Segment(\d{1,5})_(Name|LabelValue|Layer|Color)")
MOST_SEGMENTS = 20_000


@dataclass
class _Grid:
    """The grid as it is collected: columns of the affine in mm, with warnings."""

    affine: Matrix = field(default_factory=lambda: np.eye(4))
    warnings: list[ScanWarning] = field(default_factory=list)


def nrrd_image(path: Path) -> DescribedImage:
    """Read the header of an NRRD image.

    Args:
        path: The file of the header.

    Returns:
        The image.

    Raises:
        UserError: The header is damaged, or describes no volume of grey values.
    """
    header = nrrd_fields(path, header_bytes(path))
    data = nrrd_data(header)
    vectors = _vectors(header, len(data.sizes))
    places, volumes = _axes(header, data.sizes, vectors)
    grid = _oriented(header, [vectors[axis] for axis in places]) if vectors else None
    grid = grid or _plain(header, places, len(data.sizes))
    shape = tuple(data.sizes[axis] for axis in places)
    frames = 1 if volumes is None else data.sizes[volumes]
    return DescribedImage(
        path=path,
        voxels=data.path,
        packing=data.packing,
        start=data.start,
        dtype=data.dtype,
        shape=(shape[0], shape[1], shape[2]),
        frames=frames,
        interleaved=volumes == 0,
        affine=grid.affine,
        warnings=tuple(grid.warnings),
        segments=_segments(header, frames),
        interval_s=None if volumes is None else _interval(header, volumes, len(data.sizes)),
    )


def _interval(header: NrrdFields, axis: int, count: int) -> float | None:
    """Seconds between volumes, by the spacing of their axis and its unit."""
    words = QUOTED.findall(header.fields.get("units", ""))
    (step,) = _of_axes(header, "spacings", [axis], count)
    seconds = SECONDS.get(words[axis].strip().lower()) if len(words) == count else None
    return step * seconds if seconds and np.isfinite(step) and step > 0 else None


def _vectors(header: NrrdFields, count: int) -> list[list[float] | None]:
    """The direction of each axis, None for axes that are no places; empty without directions."""
    text = header.fields.get("spacedirections")
    if text is None:
        return []
    words = VECTOR.findall(text)
    if len(words) != count:
        raise refused(header.path, "its header does not give a space direction for each axis")
    return [_vector(header, word) for word in words]


def _vector(header: NrrdFields, word: str) -> list[float] | None:
    """Three numbers of a vector in space; None for "none", NaN, and the direction of time."""
    if word.lower() == "none":
        return None
    count = _space_dimension(header)
    values = numbers(header.path, "space directions", word.strip("()").replace(",", " "), count)
    if count == 4:
        if any(values[3:]) and any(values[:3]):
            raise refused(header.path, "its axes run through space and time at once")
        return None if any(values[3:]) else values[:3]
    return None if np.isnan(values).all() else values


def _space_dimension(header: NrrdFields) -> int:
    """3, or 4 where time is a direction as well."""
    space = header.fields.get("space", "").lower()
    stated = "4" if space.endswith(TIME) else "3" if space else None
    count = stated or header.fields.get("spacedimension", "3").strip()
    if count not in ("3", "4"):
        raise refused(header.path, f"its header places it in a space of '{count[:20]}' dimensions")
    return int(count)


def _axes(
    header: NrrdFields, sizes: tuple[int, ...], vectors: list[list[float] | None]
) -> tuple[list[int], int | None]:
    """The three axes of space, and the axis of volumes or None."""
    kinds = header.fields.get("kinds", "").lower().split() or [""] * len(sizes)
    if len(kinds) != len(sizes):
        raise refused(header.path, "its header does not give a kind for each axis")
    placed = [
        kind in PLACES and (not vectors or vectors[axis] is not None)
        for axis, kind in enumerate(kinds)
    ]
    if sum(placed) > 3 and not vectors and sum(placed) == len(sizes):
        placed[3:] = [False] * (len(sizes) - 3)  # as in NIfTI, what follows space is no place
    places = [axis for axis, is_place in enumerate(placed) if is_place]
    others = [axis for axis in range(len(sizes)) if axis not in places and sizes[axis] > 1]
    if len(places) != 3:
        raise refused(
            header.path,
            f"it is no volume: {len(places)} of its {len(sizes)} axes are directions in space, "
            "and three are needed",
            "Save the volume itself.",
        )
    for axis in others:
        if not _follows(header, kinds[axis]):
            raise refused(
                header.path,
                f"it holds {sizes[axis]} numbers in each voxel (kind '{kinds[axis]}'), not one "
                "grey value",
                "Convert it to one grey value per voxel.",
            )
    if len(others) > 1 or any(places[0] < axis < places[2] for axis in others):
        raise refused(header.path, "its volumes do not follow each other along one axis")
    return places, others[0] if others else None


def _follows(header: NrrdFields, kind: str) -> bool:
    """Whether volumes follow each other along an axis that is no place."""
    measured = header.pairs.get("modality", "").strip().upper() == "DWMRI"
    return kind in (*VOLUMES, *PLACES, *SINGLE) or (kind == "vector" and measured)


def _oriented(header: NrrdFields, vectors: list[list[float] | None]) -> _Grid:
    """The grid by directions in a space."""
    grid = _Grid()
    space = header.fields.get("space", "").lower().removesuffix(TIME)
    if space not in (*SPACES, *OTHER_SPACES, ""):
        raise refused(
            header.path,
            f"its header places it in the space '{space[:40]}', which is none of the patient",
        )
    if space not in SPACES:
        grid.warnings.append(
            unknown_orientation(
                "The header does not name the patient's space (space: left-posterior-superior or "
                f"another), {ASSUMED}"
            )
        )
    flips = np.diag([*SPACES.get(space, SPACES["lps"]), 1.0])
    for axis, vector in enumerate(vectors):
        grid.affine[:3, axis] = vector
    origin = header.fields.get("spaceorigin")
    if origin is not None:
        text = origin.strip("() ").replace(",", " ")
        values = numbers(header.path, "space origin", text, _space_dimension(header))[:3]
        if not np.isnan(values).all():
            grid.affine[:3, 3] = values
    unit = _factors(QUOTED.findall(header.fields.get("spaceunits", "")))
    grid.affine *= (flips.diagonal() * unit)[:, None]
    return grid


def _factors(words: list[str]) -> Matrix:
    """(4,) millimetres of the unit of each direction, then 1; of unknown units as well."""
    factors = [UNITS.get(word.strip().lower(), 1.0) for word in (words + [""] * 3)[:3]]
    return np.array([*factors, 1.0])


def _plain(header: NrrdFields, places: list[int], count: int) -> _Grid:
    """The grid by spacings alone, as ITK reads it: axes to Left, Posterior, Superior."""
    grid = _Grid()
    grid.warnings.append(
        unknown_orientation(f"The header does not say how the image lies in the patient, {ASSUMED}")
    )
    mm = _of_axes(header, "spacings", places, count)
    if not all_finite(mm) or min(mm) == 0:
        grid.warnings.append(
            unknown_spacing("The header does not give every voxel size; 1 mm is assumed for it.")
        )
        mm = [value if np.isfinite(value) and value else 1.0 for value in mm]
    if min(mm) < 0:
        raise refused(header.path, "its header gives a negative voxel size without directions")
    first = _of_axes(header, "axis mins", places, count)
    centred = _centred(header, places, count)
    words = QUOTED.findall(header.fields.get("units", ""))
    unit = _factors([words[axis] for axis in places] if len(words) == count else [])
    grid.affine[:3, :3] = np.diag(mm)
    grid.affine[:3, 3] = [
        (low + (0 if node else size / 2)) if np.isfinite(low) else 0.0
        for low, size, node in zip(first, mm, centred, strict=True)
    ]
    grid.affine *= (LPS_TO_RAS.diagonal() * unit)[:, None]
    return grid


def _of_axes(header: NrrdFields, name: str, places: list[int], count: int) -> list[float]:
    """The numbers of a field for the axes of space; NaN where there are none."""
    text = header.fields.get(name.replace(" ", ""))
    values = [float("nan")] * count if text is None else numbers(header.path, name, text, count)
    return [values[axis] for axis in places]


def _centred(header: NrrdFields, places: list[int], count: int) -> list[bool]:
    """Whether samples of each axis of space lie at nodes, so that the first is at its minimum."""
    text = header.fields.get("centerings", header.fields.get("centers", ""))
    words = text.lower().split() or ["???"] * count
    if len(words) != count:
        raise refused(header.path, "its header does not give a centering for each axis")
    return [words[axis] == "node" for axis in places]


def _segments(header: NrrdFields, frames: int) -> tuple[Segment, ...]:
    """The segments that 3D Slicer describes in the header of a segmentation."""
    values: dict[int, dict[str, str]] = {}
    for key, text in header.pairs.items():
        if match := SEGMENT.fullmatch(key):
            values.setdefault(int(match[1]), {})[match[2]] = text
    segments = list(_known(values, frames))
    return tuple(segments[:MOST_SEGMENTS])


def _known(values: dict[int, dict[str, str]], frames: int) -> Iterator[Segment]:
    for number in sorted(values):
        entry = values[number]
        try:
            # Files of before 2020 have a layer for each segment, and no label values.
            value = int(entry.get("LabelValue", "1"))
            layer = int(entry.get("Layer", str(min(number, frames - 1))))
        except ValueError:
            continue
        if 0 < value < 2**24 and 0 <= layer < frames:
            name = entry.get("Name", "").strip() or f"segment {number + 1}"
            yield Segment(LabelName(value, name, _colour(entry.get("Color", ""))), layer)


def _colour(text: str) -> Colour | None:
    """RGB from shares of 1."""
    try:
        shares = [float(word) for word in text.split()]
    except ValueError:
        return None
    if len(shares) != 3 or not all(0 <= share <= 1 for share in shares):
        return None
    red, green, blue = (round(255 * share) for share in shares)
    return red, green, blue
