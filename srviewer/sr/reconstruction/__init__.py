"""Reconstruction in memory: refinement, missing slices, cautions, previews, restored results."""
