"""What a left drag in a pane does."""

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
        """How many points are set with the mouse, or with Return at the crosshair."""
        return {Tool.CROSSHAIR: 0, Tool.ANGLE: 3}.get(self, 2)

    @property
    def kind(self) -> Kind | None:
        """What it draws; None for a tool that leaves nothing behind."""
        return KINDS.get(self)


KINDS: dict[Tool, Kind] = {
    Tool.DISTANCE: "distance",
    Tool.ANGLE: "angle",
    Tool.RECTANGLE: "rectangle",
    Tool.ELLIPSE: "ellipse",
}
