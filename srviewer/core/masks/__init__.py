"""Correction of masks by hand: strokes of a brush, fills, islands, undo, volumes of labels."""
