"""What is of the window and of no study: the tool, a preview, a drag of the planes."""

from PySide6.QtCore import QObject

from srviewer.gui.state.followed_state import (
    MASK_TOOLS,
    PAINTED,
    PREVIEW,
    ROTATING,
    TOOL,
    FollowedState,
)
from srviewer.gui.state.mask_tools import MaskTools
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.state.tool import Tool


class TransientState(FollowedState):
    """A followed state with what no session keeps.

    Attributes:
        preview: Of the result that is computed from the scan.
        tool: What a left drag does.
        rotating: Whether the planes are dragged, and so drawn coarsely.
        mask_tools: The settings of brush, eraser and fill.
        painted: Grows with each change of the voxels of a mask.
        painting: Whether a stroke has begun and is not finished.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preview: ProgressivePreview | None = None
        self.tool = Tool.CROSSHAIR
        self.rotating = False
        self.mask_tools = MaskTools()
        self.painted = 0
        self.painting = False

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

    def set_mask_tools(self, tools: MaskTools) -> None:
        """Set what brush, eraser and fill do.

        Args:
            tools: Their settings.
        """
        if tools != self.mask_tools:
            self.mask_tools = tools
            self._tell(frozenset({MASK_TOOLS}))

    def show_painted(self) -> None:
        """Let the panes draw voxels of a mask that a stroke has changed."""
        self.painted += 1
        self._tell(frozenset({PAINTED}))

    def set_preview(self, preview: ProgressivePreview | None) -> None:
        """Set the progressive preview, which is shown where the result will be.

        Args:
            preview: The slices that are known so far; None for no preview.
        """
        if preview is not self.preview:
            self.preview = preview
            self._tell(frozenset({PREVIEW}))
