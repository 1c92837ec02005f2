"""The tools of the panes as menus, buttons and keys offer them."""

from dataclasses import dataclass

from srviewer.gui.state.tool import Tool
from srviewer.gui.texts.translation import mark


@dataclass(frozen=True)
class ToolOffer:
    """A tool as it is offered; Esc goes back to the crosshair.

    Attributes:
        tool: The tool.
        text: English, translated when it is shown.
        icon: A name of ``theme.icon``.
        tip: English.
        key: Its shortcut.
        section: Neighbours of different sections are separated by a line.
    """

    tool: Tool
    text: str
    icon: str
    tip: str
    key: str
    section: str = "measure"


TOOL_OFFERS = (
    ToolOffer(
        Tool.CROSSHAIR,
        mark("Crosshair"),
        "crosshairs",
        mark("A left drag moves the crosshair"),
        "C",
        "mouse",
    ),
    ToolOffer(
        Tool.WINDOW,
        mark("Window and level"),
        "contrast-circle",
        mark("A left drag sets window (across) and level (up)"),
        "L",
        "mouse",
    ),
    ToolOffer(
        Tool.ZOOM,
        mark("Zoom"),
        "magnify",
        mark("A left drag up enlarges, down shrinks"),
        "Z",
        "mouse",
    ),
    ToolOffer(
        Tool.PAN,
        mark("Pan"),
        "hand-back-right-outline",
        mark("A left drag moves the image"),
        "G",
        "mouse",
    ),
    ToolOffer(
        Tool.ROTATE_PLANES,
        mark("Rotate planes"),
        "axis-z-rotate-clockwise",
        mark("A left drag rotates the planes about the crosshair: oblique planes"),
        "U",
        "mouse",
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
    ToolOffer(
        Tool.TEXT,
        mark("Text"),
        "format-text",
        mark("Click where it is to stand, then write; Delete removes it"),
        "T",
        "annotate",
    ),
    ToolOffer(
        Tool.ARROW,
        mark("Arrow"),
        "arrow-top-left",
        mark("Drag from what it points at to its text"),
        "Shift+A",
        "annotate",
    ),
    ToolOffer(
        Tool.BRUSH,
        mark("Brush"),
        "brush",
        mark("A left drag paints the chosen label into the mask"),
        "Shift+B",
        "mask",
    ),
    ToolOffer(
        Tool.ERASER,
        mark("Eraser"),
        "eraser",
        mark("A left drag erases the mask"),
        "Shift+E",
        "mask",
    ),
    ToolOffer(
        Tool.FILL,
        mark("Fill"),
        "format-color-fill",
        mark("A click fills an enclosed region of the slice"),
        "Shift+F",
        "mask",
    ),
)
