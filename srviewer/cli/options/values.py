"""What the text of an option means; text that means nothing is told with what was expected."""

import math
from argparse import ArgumentTypeError
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.regions.roi import Roi, shape_of_words
from srviewer.core.slices.figure_contents import Millimetres
from srviewer.sr.requests.request import REPAIRS, Repair

R = TypeVar("R")


def _expecting(what: str) -> Callable[[Callable[[str], R]], Callable[[str], R]]:
    """Makes a reader that argparse may use of one that raises ValueError."""

    def made(read: Callable[[str], R]) -> Callable[[str], R]:
        @wraps(read)
        def reader(text: str) -> R:
            try:
                return read(text)
            except ValueError as error:
                raise ArgumentTypeError(f"'{text}' is not {what}") from error

        return reader

    return made


@_expecting("a number")
def number(text: str) -> float:
    """A finite number."""
    return _finite(text)


@_expecting("a list of whole numbers, such as 2,4")
def whole_numbers(text: str) -> tuple[int, ...]:
    """ "2,4" as (2, 4), each once."""
    return tuple(dict.fromkeys(int(part) for part in text.split(",")))


def words(text: str) -> tuple[str, ...]:
    """ "a,b" as ("a", "b"), each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


@_expecting("none, or a list of brightness, motion and slices")
def repairs(text: str) -> tuple[Repair, ...]:
    """ "motion,slices" as ("motion", "slices"), in the order of REPAIRS; "none" as ()."""
    wanted = words(text)
    if wanted == ("none",):
        return ()
    if not wanted or not set(wanted) <= set(REPAIRS):
        raise ValueError(text)
    return tuple(name for name in REPAIRS if name in wanted)


@_expecting("a list of array axes, such as i,k")
def axes(text: str) -> tuple[Axis, ...]:
    """ "i,k" as (0, 2), each once."""
    return tuple(axis_number(part) for part in words(text))


@_expecting("an axis and a factor, such as j:2")
def step(text: str) -> tuple[Axis, int]:
    """ "j:2" as (1, 2)."""
    axis, factor = text.split(":")
    return axis_number(axis), int(factor)


@_expecting("a point in mm, such as -3,12,0.5")
def point(text: str) -> Millimetres:
    """ "X,Y,Z" in RAS+ mm."""
    x, y, z = map(_finite, text.split(","))
    return x, y, z


@_expecting("two numbers, the smaller first, such as 0,400")
def span(text: str) -> tuple[float, float]:
    """ "LOW,HIGH"."""
    low, high = map(_finite, text.split(","))
    if low >= high:
        raise ValueError(text)
    return low, high


@_expecting("a width and a height, such as 1320x900")
def size(text: str) -> tuple[int, int]:
    """ "WxH" as (width, height)."""
    width, height = map(int, text.lower().split("x"))
    return width, height


@_expecting("a shape, such as ellipse:axial:0,0,0:8,0,0:0,8,0")
def shape(text: str) -> Roi:
    """What the window copies as ``--lock-shape``."""
    return shape_of_words(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def axis_number(name: str) -> Axis:
    """The number of the array axis "i", "j" or "k"; ValueError for another."""
    return AXIS_NAMES.index(name)
