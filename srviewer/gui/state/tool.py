"""The tools of the panes: the action of a left drag."""

from enum import Enum

from srviewer.core.regions.roi import Kind


class Tool(Enum):
    """``value``: its word in settings."""

    CROSSHAIR = "crosshair"
    DISTANCE = "distance"
    ANGLE = "angle"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    WINDOW_BOX = "window_box"

    @property
    def points(self) -> int:
        """The number of points that are set with the mouse, or with Return at the crosshair."""
        return {Tool.CROSSHAIR: 0, Tool.ANGLE: 3}.get(self, 2)

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
