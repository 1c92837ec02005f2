"""Open studies in Qt's terms: session, tabs, undo, tool."""
