"""Presets of volume rendering: which intensities are seen, and in which colour."""

from collections.abc import Callable
from dataclasses import dataclass

from srviewer.core.intensity.window import Window
from srviewer.three_d.levels import Levels

# Value in the unit of the scan, opacity of a millimetre 0..1, red, green, blue 0..1.
Step = tuple[float, float, float, float, float]
Ramp = tuple[Step, ...]

SKIN = (0.93, 0.76, 0.65)
WHITE, DARK = (1.0, 1.0, 1.0), (0.55, 0.42, 0.38)
RED, YELLOW = (0.75, 0.22, 0.16), (1.0, 0.93, 0.75)


@dataclass(frozen=True)
class Preset:
    """A preset of volume rendering.

    Attributes:
        id: By which it is chosen and kept.
        title: English, translated where it is shown.
        tip: English: what it shows.
        ramp: The transfer function, from the levels of the scan and the window of the panes.
    """

    id: str
    title: str
    tip: str
    ramp: Callable[[Levels, Window], Ramp]


def _head(levels: Levels, window: Window) -> Ramp:
    return (
        (levels.threshold, 0.0, *DARK),
        (levels.median, 0.18, 0.95, 0.74, 0.62),
        (levels.brightest, 0.45, *WHITE),
    )


def _soft(levels: Levels, window: Window) -> Ramp:
    return (
        (levels.threshold, 0.0, *DARK),
        (levels.median, 0.03, 0.78, 0.84, 0.92),
        (levels.brightest, 0.15, *WHITE),
    )


def _bright(levels: Levels, window: Window) -> Ramp:
    return (
        (levels.threshold, 0.0, *DARK),
        (levels.bright, 0.008, *RED),
        (levels.brightest, 0.35, *YELLOW),
    )


def _skin(levels: Levels, window: Window) -> Ramp:
    width = 0.15 * (levels.median - levels.threshold)
    return (
        (levels.threshold - width, 0.0, *SKIN),
        (levels.threshold + width, 0.9, *SKIN),
        (levels.brightest, 1.0, *SKIN),
    )


def _grey(levels: Levels, window: Window) -> Ramp:
    return ((window.low, 0.0, 0.0, 0.0, 0.0), (window.high, 0.25, *WHITE))


PRESETS = (
    Preset("head", "Whole head", "Tissue, the brighter the denser", _head),
    Preset("soft", "Soft", "Tissue as a mist that one sees through", _soft),
    Preset("bright", "Bright tissue and vessels", "The brightest tenth of the tissue", _bright),
    Preset("skin", "Skin", "The outer surface of the tissue, dense", _skin),
    Preset("grey", "Grey levels of the panes", "By the window and level of the slices", _grey),
)


def ramp_of(preset: str, levels: Levels, window: Window, density: float) -> Ramp:
    """The transfer function of a preset.

    Args:
        preset: The id of one of PRESETS.
        levels: Of the scan.
        window: Of the panes, in the unit of the scan.
        density: Times the opacity of the preset.

    Returns:
        Its steps with rising values.

    Raises:
        KeyError: There is no such preset.
    """
    found = {row.id: row for row in PRESETS}[preset]
    steps: list[Step] = []
    last, apart = -float("inf"), 1e-6 * ((levels.most - levels.least) or 1.0)
    for value, opacity, *colour in found.ramp(levels, window):
        red, green, blue = colour
        last = max(value, last + apart)
        steps.append((last, min(1.0, opacity * density), red, green, blue))
    return tuple(steps)
