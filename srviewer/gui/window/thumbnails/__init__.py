"""The thumbnails of all series of the opened files beside the panes, which can be dragged there."""
