"""The tools of the panes: the action of a left drag."""

from enum import Enum

from srviewer.core.regions.roi import Kind


class Tool(Enum):
    """``value``: its word in settings."""

    CROSSHAIR = "crosshair"
    WINDOW = "window"
    ZOOM = "zoom"
    PAN = "pan"
    ROTATE_PLANES = "rotate_planes"
    DISTANCE = "distance"
    ANGLE = "angle"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    WINDOW_BOX = "window_box"
    TEXT = "text"
    ARROW = "arrow"
    BRUSH = "brush"
    ERASER = "eraser"
    FILL = "fill"

    @property
    def points(self) -> int:
        """The number of points that are set with the mouse, or with Return at the crosshair."""
        if self in MOUSE_MODES or self in MASK_TOOLS:
            return 0
        return {Tool.ANGLE: 3, Tool.TEXT: 1}.get(self, 2)

    @property
    def measures(self) -> bool:
        """Whether the panel of measurements offers it, beside the crosshair."""
        return self in KINDS or self is Tool.WINDOW_BOX

    @property
    def corrects(self) -> bool:
        """Whether it changes the voxels of a mask."""
        return self in MASK_TOOLS

    @property
    def kind(self) -> Kind | None:
        """The shape that it draws; None for a tool that leaves nothing behind."""
        return KINDS.get(self)


KINDS: dict[Tool, Kind] = {
    Tool.DISTANCE: "distance",
    Tool.ANGLE: "angle",
    Tool.RECTANGLE: "rectangle",
    Tool.ELLIPSE: "ellipse",
}
# What sets no points: the mouse alone.
MOUSE_MODES = (Tool.CROSSHAIR, Tool.WINDOW, Tool.ZOOM, Tool.PAN, Tool.ROTATE_PLANES)
# What changes the voxels of a mask.
MASK_TOOLS = (Tool.BRUSH, Tool.ERASER, Tool.FILL)
