"""Trained networks applied to volumes and 2D images."""
