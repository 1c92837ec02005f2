"""Drawing in one pane: canvas, overlays, annotations."""
