"""The cursors of the mouse over a pane, by tool."""

from PySide6.QtCore import Qt

from srviewer.gui.state.tool import Tool

CURSORS = {
    Tool.WINDOW: Qt.CursorShape.SizeAllCursor,
    Tool.ZOOM: Qt.CursorShape.SizeVerCursor,
    Tool.PAN: Qt.CursorShape.OpenHandCursor,
    Tool.ROTATE_PLANES: Qt.CursorShape.PointingHandCursor,
    Tool.BRUSH: Qt.CursorShape.CrossCursor,
    Tool.ERASER: Qt.CursorShape.CrossCursor,
    Tool.FILL: Qt.CursorShape.CrossCursor,
}


def cursor_of(tool: Tool) -> Qt.CursorShape:
    """The cursor of a tool.

    Args:
        tool: The tool.

    Returns:
        A cross for a tool that sets points.
    """
    drawing = Qt.CursorShape.CrossCursor if tool.points else Qt.CursorShape.ArrowCursor
    return CURSORS.get(tool, drawing)
