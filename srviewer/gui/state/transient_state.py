"""What is of the window and of no study: the tool, a preview, a drag of the planes."""

from PySide6.QtCore import QObject

from srviewer.gui.state.followed_state import PREVIEW, ROTATING, TOOL, FollowedState
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.state.tool import Tool


class TransientState(FollowedState):
    """A followed state with what no session keeps.

    Attributes:
        preview: Of the result that is computed from the scan.
        tool: What a left drag does.
        rotating: Whether the planes are dragged, and so drawn coarsely.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preview: ProgressivePreview | None = None
        self.tool = Tool.CROSSHAIR
        self.rotating = False

    def set_tool(self, tool: Tool) -> None:
        """Choose what a left drag does.

        Args:
            tool: The tool of every pane.
        """
        if tool is not self.tool:
            self.tool = tool
            self._tell(frozenset({TOOL}))

    def set_rotating(self, rotating: bool) -> None:
        """Draw oblique planes fast while they are dragged, or as fine as the scan.

        Args:
            rotating: Whether they are dragged.
        """
        self.rotating = rotating
        self._tell(frozenset({ROTATING}))

    def set_preview(self, preview: ProgressivePreview | None) -> None:
        """Set the progressive preview, which is shown where the result will be.

        Args:
            preview: The slices that are known so far; None for no preview.
        """
        if preview is not self.preview:
            self.preview = preview
            self._tell(frozenset({PREVIEW}))
