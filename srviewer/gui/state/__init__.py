"""Open studies in Qt's terms: the shown study, tabs, undo, tool."""
