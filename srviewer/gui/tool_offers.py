"""How the tools of the panes are offered in menus, buttons and keys."""

from dataclasses import dataclass

from srviewer.gui.tool import Tool


@dataclass(frozen=True)
class ToolOffer:
    """One tool. ``key``: its shortcut; Esc goes back to the crosshair."""

    tool: Tool
    text: str
    icon: str
    tip: str
    key: str


TOOL_OFFERS = (
    ToolOffer(Tool.CROSSHAIR, "Crosshair", "crosshairs", "A left drag moves the crosshair", "C"),
    ToolOffer(Tool.DISTANCE, "Distance", "ruler", "Drag a distance, in mm", "D"),
    ToolOffer(Tool.ANGLE, "Angle", "angle-acute", "Click an end, the vertex, the other end", "A"),
    ToolOffer(
        Tool.RECTANGLE, "Rectangle", "rectangle-outline", "Mean, SD, extremes and area inside", "E"
    ),
    ToolOffer(
        Tool.ELLIPSE, "Ellipse", "ellipse-outline", "Mean, SD, extremes and area inside", "O"
    ),
    ToolOffer(
        Tool.WINDOW_BOX, "Levels from a box", "contrast-box", "Its values fill black to white", "B"
    ),
)
