"""Description of the differences between two grids, in words and numbers."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from srviewer.core.geometry.grid import AXIS_NAMES, Axis, Geometry, Matrix
from srviewer.core.resampling.reorient import closest_axes, coincide, most_moved, tolerance_mm

SIDES = (("left", "right"), ("posterior", "anterior"), ("inferior", "superior"))
NAMED_DEGREES = 10.0  # an axis further than this from the patient's has no simple name
Part = tuple[float, float, str]  # mm by which it moves a corner, mm that are rounding, the words

# Two axes, the angle between them is compared.
PAIRS: tuple[tuple[Axis, Axis], ...] = tuple(combinations(range(3), 2))


def grid_difference(given: Geometry, wanted: Geometry) -> str:
    """Describe the differences of a grid from another: sizes, spacings, angles, turn and offset.

    Args:
        given: The grid that is described. Its axes are taken in the order and direction that are
            closest to those of ``wanted``, whose i, j and k are meant.
        wanted: The grid that was expected.

    Returns:
        Parts of a sentence about ``given``, joined by semicolons: "it has 40 x 48 x 9 voxels and
        not 40 x 48 x 36; its spacing is ..."; "" for the same grid.
    """
    axes = closest_axes(given, wanted)
    grid = axes.grid(given)
    if coincide(grid, wanted):
        return ""
    parts: list[str] = []
    if grid.shape != wanted.shape:
        parts.append(f"it has {_times(grid.shape)} voxels and not {_times(wanted.shape)}")
    shape = [_spacing(grid, wanted), *_angles(grid, wanted), _turn(grid, wanted)]
    parts += [words for moved, rounding, words in shape if moved > rounding]
    verb = "its middle lies" if parts else "its voxels lie"
    offsets = _offsets(grid, wanted)
    moves = [words for moved, rounding, words in offsets if moved > rounding]
    if moves:
        parts.append(f"{verb} {_listed(moves)}")
    if not parts:  # each of them is rounding alone, but not all together
        in_shape = max(shape, key=lambda part: part[0])
        in_position = max(offsets, key=lambda part: part[0])
        parts.append(
            in_shape[2] if in_shape[0] > in_position[0] else f"its voxels lie {in_position[2]}"
        )
    if axes.order != (0, 1, 2):
        named = ", ".join(AXIS_NAMES[axis] for axis in axes.order)
        parts.append(f"its axes {named} are the i, j, k meant here")
    return "; ".join(parts)


def _spacing(grid: Geometry, wanted: Geometry) -> Part:
    moved = np.abs(np.subtract(grid.spacing, wanted.spacing)) * wanted.shape
    given, other = _distinct(grid.spacing, wanted.spacing)
    return float(moved.max()), tolerance_mm(wanted), f"its spacing is {given} mm and not {other} mm"


def _angles(grid: Geometry, wanted: Geometry) -> list[Part]:
    """The angles between axes, which differ where one of the grids is sheared."""
    parts = []
    for first, second in PAIRS:
        angle, expected = (_degrees_between(g, first, second) for g in (grid, wanted))
        moved = np.radians(abs(angle - expected)) * _reach(wanted)
        angle_text, expected_text = _distinct((angle,), (expected,))
        words = (
            f"its axes {AXIS_NAMES[first]} and {AXIS_NAMES[second]} are at {angle_text} and not "
            f"{expected_text} degrees to each other"
        )
        parts.append((float(moved), most_moved(wanted), words))
    return parts


def _turn(grid: Geometry, wanted: Geometry) -> Part:
    """The turn of the plane of those two axes whose angle to each other differs least."""
    first, second = min(
        PAIRS,
        key=lambda pair: abs(_degrees_between(grid, *pair) - _degrees_between(wanted, *pair)),
    )
    turn = _frame(grid, first, second) @ _frame(wanted, first, second).T
    # More precise for small angles than the arc cosine of the trace.
    sine = np.linalg.norm(turn - turn.T) / np.sqrt(8)
    angle = float(np.arctan2(sine, (np.trace(turn) - 1) / 2))
    return angle * _reach(wanted), most_moved(wanted), f"it is turned by {_degrees(angle)} degrees"


def _offsets(grid: Geometry, wanted: Geometry) -> list[Part]:
    """The distance of the grid's middle from that of the wanted one, along each axis."""
    moved = wanted.along(grid.centre) - wanted.along(wanted.centre)
    parts = []
    for axis, mm in enumerate(moved):
        length = f"{abs(mm):.2f}" if abs(mm) >= 0.095 else f"{abs(mm):.2g}"
        way = "further" if mm > 0 else "back"
        side = _side(wanted.directions[:, axis] * np.sign(mm))
        words = f"{length} mm {way} along {AXIS_NAMES[axis]}{side}"
        parts.append((float(abs(mm)), tolerance_mm(wanted), words))
    return parts


def _side(direction: Matrix) -> str:
    """ " (the patient's superior)" for a direction that is close to one of the patient's axes."""
    world = int(np.abs(direction).argmax())
    if abs(direction[world]) < np.cos(np.radians(NAMED_DEGREES)):
        return ""
    return f" (the patient's {SIDES[world][int(direction[world] > 0)]})"


def _degrees_between(geometry: Geometry, first: Axis, second: Axis) -> float:
    u, v = geometry.directions[:, first], geometry.directions[:, second]
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(u, v)), u @ v)))


def _frame(geometry: Geometry, first: Axis, second: Axis) -> Matrix:
    """(3, 3): unit column vectors along the first axis, across it to the second, and normal."""
    u = geometry.directions[:, first]
    across = geometry.directions[:, second] - (geometry.directions[:, second] @ u) * u
    v = across / np.linalg.norm(across)
    return np.stack([u, v, np.cross(u, v)], axis=1)


def _reach(geometry: Geometry) -> float:
    """Millimetres from the middle of a grid to its corner."""
    return float(np.linalg.norm(np.multiply(geometry.shape, geometry.spacing))) / 2


def _degrees(radians: float) -> str:
    angle = np.degrees(radians)
    return f"{angle:.1f}" if angle >= 0.95 else f"{angle:.2g}"


def _distinct(given: Sequence[float], other: Sequence[float]) -> tuple[str, str]:
    """Both as "1 x 1 x 4.8", with as many digits as distinguish them."""
    for digits in range(3, 9):
        texts = [_times([float(f"{mm:.{digits}g}") for mm in mms]) for mms in (given, other)]
        if texts[0] != texts[1]:
            break
    return texts[0], texts[1]


def _listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _times(values: Sequence[float]) -> str:
    return " x ".join(f"{value:.9g}" for value in values)
