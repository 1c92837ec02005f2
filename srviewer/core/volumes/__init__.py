"""Scans and results as values: header, voxels, history; interpolation along an axis."""
