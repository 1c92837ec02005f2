"""The rows of the menu for looking: colours, crosshair, playing."""

from collections.abc import Iterable

from srviewer.gui.appearance.colour_maps import COLOUR_MAPS, ColourMap
from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.menus.tables.specs import (
    MOUSE_BAR,
    ActionSpec,
    ButtonSpec,
    MenuSpec,
    Row,
    Rows,
    has_scan,
)
from srviewer.gui.texts.translation import mark
from srviewer.study.volumes_in_time import in_time

COLOURS = "colours"  # the group of the colour maps


def _colours() -> Iterable[Row]:
    return map(_colour, COLOUR_MAPS)


def _colour(row: ColourMap) -> ActionSpec:
    return ActionSpec(
        f"colours-{row.id}",
        row.title,
        row.tip,
        menu="colours",
        section="maps",
        icon="palette-outline",
        checkable=True,
        group=COLOURS,
        data=row.id,
        checked=lambda state: state.view.colours == row.id,
    )


LOOK_MENU: tuple[Row | Rows, ...] = (
    MenuSpec("look", MENU_TITLES["look"]),
    MenuSpec("colours", mark("Colours"), menu="look", icon="palette-outline"),
    _colours,
    ActionSpec(
        "inverted",
        mark("Invert"),
        mark("Swap the two ends of the colours"),
        menu="colours",
        section="inverted",
        icon="invert-colors",
        key="Shift+I",
        checkable=True,
        checked=lambda state: state.view.inverted,
    ),
    ActionSpec(
        "crosshair",
        mark("Show crosshair"),
        mark("Draw it, or hide it"),
        menu="look",
        icon="crosshairs",
        key="X",
        checkable=True,
        checked=lambda state: state.view.crosshair,
    ),
    ActionSpec(
        "play",
        mark("Play"),
        mark("Step through the slices of the active plane"),
        menu="look",
        icon="play",
        key="P",
        checkable=True,
    ),
    ActionSpec(
        "three-d",
        mark("3D"),
        mark("Scan and result in 3D, side by side: surface or volume rendering"),
        menu="look",
        icon="cube-outline",
        key="Alt+3",
        enabled=has_scan,
        button=ButtonSpec("three-d", icon_only=True, bar=MOUSE_BAR),
    ),
    ActionSpec(
        "projection",
        mark("Turning projection\u2026"),
        mark("Before and after, as MIP"),
        menu="look",
        icon="rotate-3d-variant",
        key="Shift+P",
        enabled=has_scan,
    ),
    MenuSpec("time", mark("In time"), menu="look", icon="chart-line", enabled=in_time),
    ActionSpec(
        "play-time",
        mark("Play in time"),
        mark("Show the volumes of the series one after another"),
        menu="time",
        icon="play",
        key="V",
        checkable=True,
        enabled=in_time,
    ),
    ActionSpec(
        "next-volume",
        mark("Next volume"),
        mark("The next volume of the series"),
        menu="time",
        icon="skip-next",
        key="Alt+.",
        enabled=in_time,
    ),
    ActionSpec(
        "previous-volume",
        mark("Previous volume"),
        mark("The volume of the series before"),
        menu="time",
        icon="skip-previous",
        key="Alt+,",
        enabled=in_time,
    ),
    ActionSpec(
        "time-curve",
        mark("Curve over time"),
        mark("Values over all volumes, at the crosshair or in a region"),
        menu="time",
        icon="chart-line",
        key="Shift+Q",
        checkable=True,
        enabled=in_time,
    ),
    ActionSpec(
        "save-movie",
        mark("Save a movie\u2026"),
        mark("The panes over time as an animated image, of the scan alone"),
        menu="time",
        icon="movie-open-outline",
        enabled=in_time,
    ),
)
