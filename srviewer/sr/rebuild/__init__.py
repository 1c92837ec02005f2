"""Thick scans reconstructed in memory: refinement, gaps, cautions, previews, restored results."""
