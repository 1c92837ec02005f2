"""Volumes on other grids: resampled, reoriented, deskewed."""
