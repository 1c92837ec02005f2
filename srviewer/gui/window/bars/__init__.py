"""The bars and the row of tabs around the panes, and the status bar."""
