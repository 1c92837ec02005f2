"""The tools of the panes as menus, buttons and keys offer them."""

from dataclasses import dataclass

from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.translation import mark


@dataclass(frozen=True)
class ToolOffer:
    """One tool. ``key``: its shortcut; Esc goes back to the crosshair."""

    tool: Tool
    text: str
    icon: str
    tip: str
    key: str


TOOL_OFFERS = (
    ToolOffer(
        Tool.CROSSHAIR,
        mark("Crosshair"),
        "crosshairs",
        mark("A left drag moves the crosshair"),
        "C",
    ),
    ToolOffer(Tool.DISTANCE, mark("Distance"), "ruler", mark("Drag a distance, in mm"), "D"),
    ToolOffer(
        Tool.ANGLE,
        mark("Angle"),
        "angle-acute",
        mark("Click an end, the vertex, the other end"),
        "A",
    ),
    ToolOffer(
        Tool.RECTANGLE,
        mark("Rectangle"),
        "rectangle-outline",
        mark("Mean, SD, extremes and area inside"),
        "E",
    ),
    ToolOffer(
        Tool.ELLIPSE,
        mark("Ellipse"),
        "ellipse-outline",
        mark("Mean, SD, extremes and area inside"),
        "O",
    ),
    ToolOffer(
        Tool.WINDOW_BOX,
        mark("Levels from a box"),
        "contrast-box",
        mark("Its values fill black to white"),
        "B",
    ),
)
