"""State of the window and of no study: the tool, a preview, a motion of the planes."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from time import monotonic

from PySide6.QtCore import QObject, QTimer

from srviewer.core.slices.pace import Paces
from srviewer.core.slices.rotated_planes import pixels_of_planes
from srviewer.gui.state.followed_state import (
    MASK_TOOLS,
    MOTION,
    PAINTED,
    PREVIEW,
    TOOL,
    FollowedState,
)
from srviewer.gui.state.mask_tools import MaskTools
from srviewer.gui.state.motion import QUICK_S, REST_MS
from srviewer.gui.state.progressive_preview import ProgressivePreview
from srviewer.gui.state.tool import Tool


class TransientState(FollowedState):
    """A followed state with what no session keeps.

    Attributes:
        preview: Of the result that is computed from the scan.
        tool: What a left drag does.
        moving: Whether oblique planes or thick slabs move, which are drawn as finely meanwhile as
            the machine can follow.
        paces: How finely, of all panes of the study.
        mask_tools: The settings of brush, eraser and fill.
        painted: Grows with each change of the voxels of a mask.
        painting: Whether a stroke has begun and is not finished.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preview: ProgressivePreview | None = None
        self.tool = Tool.CROSSHAIR
        self.moving = False
        self.paces = Paces()
        self._stepped = 0.0  # s, when the crosshair was moved last
        self._resting = QTimer(self, interval=REST_MS, singleShot=True)
        self._resting.timeout.connect(self._rest)
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

    def set_moving(self, moving: bool) -> None:
        """Draw planes fast while they move, or as fine as the scan.

        Args:
            moving: Whether they move; they rest by themselves when no further step comes.
        """
        if moving is not self.moving:
            self.moving = moving
            self._tell(frozenset({MOTION}))

    @contextmanager
    def _step(self) -> Iterator[None]:
        """A step of planes, which are drawn meanwhile; the first of a motion finely."""
        if not self.moving and monotonic() - self._stepped < QUICK_S:
            self.moving = True
            self._pending |= {MOTION}  # announced together with the step
        with self.frame():
            yield
        self._stepped = monotonic()
        self._resting.start()

    @contextmanager
    def frame(self) -> Iterator[None]:
        """A frame of planes; while they move, what it takes decides how finely the next is drawn.

        Yields:
            Nothing.
        """
        scan = self._state.scan
        every = 0.0 if scan is None else pixels_of_planes(scan.geometry)
        with self.paces.frame(every) if self.moving else nullcontext():
            yield

    def _rest(self) -> None:
        self.set_moving(False)

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
