"""Drags of the mouse in a pane, and writing of texts and arrows."""
