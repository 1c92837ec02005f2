"""Slices and planes of volumes: stacks, sampling, projections, the contents of a figure."""
