"""Values of options from their text; an error says what was expected."""

import math
from argparse import ArgumentTypeError
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.regions.roi import Roi, shape_of_words
from srviewer.core.slices.figure_contents import Millimetres
from srviewer.core.slices.rotated_planes import Degrees, degrees_of_words
from srviewer.core.slices.thick_slab import ThickSlab, slab_of_words
from srviewer.core.slices.turn import Turn, turns_of_words
from srviewer.sr.requests.request import REPAIRS, Repair

R = TypeVar("R")


def _expecting(what: str) -> Callable[[Callable[[str], R]], Callable[[str], R]]:
    """A decorator that makes a type of argparse of a reader that raises ValueError."""

    def decorated(read: Callable[[str], R]) -> Callable[[str], R]:
        @wraps(read)
        def reader(text: str) -> R:
            try:
                return read(text)
            except ValueError as error:
                raise ArgumentTypeError(f"'{text}' is not {what}") from error

        return reader

    return decorated


@_expecting("a number")
def number(text: str) -> float:
    """Read a finite number.

    Args:
        text: The option's text.

    Returns:
        The number.
    """
    return _finite(text)


@_expecting("a list of whole numbers, such as 2,4")
def whole_numbers(text: str) -> tuple[int, ...]:
    """Read whole numbers: "2,4" as (2, 4).

    Args:
        text: The option's text.

    Returns:
        The numbers, each once.
    """
    return tuple(dict.fromkeys(int(part) for part in text.split(",")))


def words(text: str) -> tuple[str, ...]:
    """Read words: "a,b" as ("a", "b").

    Args:
        text: The option's text.

    Returns:
        The words without blanks around them, each once.
    """
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


@_expecting("none, or a list of brightness, motion and slices")
def repairs(text: str) -> tuple[Repair, ...]:
    """Read repairs of slice faults: "motion,slices" as ("motion", "slices"), "none" as ().

    Args:
        text: The option's text.

    Returns:
        The repairs in the order of REPAIRS, each once.

    Raises:
        ValueError: A word is no repair; argparse gets an error of its own for it.
    """
    wanted = words(text)
    if wanted == ("none",):
        return ()
    if not wanted or not set(wanted) <= set(REPAIRS):
        raise ValueError(text)
    return tuple(name for name in REPAIRS if name in wanted)


@_expecting("a list of array axes, such as i,k")
def axes(text: str) -> tuple[Axis, ...]:
    """Read array axes: "i,k" as (0, 2).

    Args:
        text: The option's text.

    Returns:
        The numbers of the axes, each once.
    """
    return tuple(axis_number(part) for part in words(text))


@_expecting("an axis and a factor, such as j:2")
def step(text: str) -> tuple[Axis, int]:
    """Read an axis and a factor: "j:2" as (1, 2).

    Args:
        text: The option's text.

    Returns:
        The number of the axis, and the factor.
    """
    axis, factor = text.split(":")
    return axis_number(axis), int(factor)


@_expecting("a point in mm, such as -3,12,0.5")
def point(text: str) -> Millimetres:
    """Read a position: "X,Y,Z".

    Args:
        text: The option's text.

    Returns:
        The position in RAS+ mm.
    """
    x, y, z = map(_finite, text.split(","))
    return x, y, z


@_expecting("two numbers, the smaller first, such as 0,400")
def span(text: str) -> tuple[float, float]:
    """Read two finite numbers: "LOW,HIGH".

    Args:
        text: The option's text.

    Returns:
        The lower and the higher one.

    Raises:
        ValueError: They are not in this order; argparse gets an error of its own for it.
    """
    low, high = map(_finite, text.split(","))
    if low >= high:
        raise ValueError(text)
    return low, high


@_expecting("a width and a height, such as 1320x900")
def size(text: str) -> tuple[int, int]:
    """Read a size: "WxH".

    Args:
        text: The option's text.

    Returns:
        Width and height.
    """
    width, height = map(int, text.lower().split("x"))
    return width, height


@_expecting("planes and degrees, such as axial:90 or axial:270,coronal:180m")
def turns(text: str) -> tuple[Turn, Turn, Turn]:
    """Read how panes are turned: "PLANE:DEGREES,...".

    Args:
        text: The option's text.

    Returns:
        The turns of the axial, coronal and sagittal panes.
    """
    return turns_of_words(text)


@_expecting("a thick slab, such as mean:5 in mm (0.1 to 500), maximum:20 or mean:slices")
def slab(text: str) -> ThickSlab:
    """Read a thick slab: "KIND:MM", or "KIND:slices".

    Args:
        text: The option's text.

    Returns:
        The slab.
    """
    return slab_of_words(text)


@_expecting("three angles in degrees about R, A and S, such as 10,0,-5 (-180 to 180 each)")
def degrees(text: str) -> Degrees:
    """Read a rotation of the planes: "X,Y,Z".

    Args:
        text: The option's text.

    Returns:
        Degrees about R, A and S.
    """
    return degrees_of_words(text)


@_expecting("a shape, such as ellipse:axial:0,0,0:8,0,0:0,8,0")
def shape(text: str) -> Roi:
    """Read a shape as the window copies it for ``--lock-shape``.

    Args:
        text: The option's text, positions in RAS+ mm.

    Returns:
        The rectangle or ellipse.
    """
    return shape_of_words(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def axis_number(name: str) -> Axis:
    """The number of an array axis.

    Args:
        name: "i", "j" or "k"; ValueError for another.

    Returns:
        0, 1 or 2.
    """
    return AXIS_NAMES.index(name)
