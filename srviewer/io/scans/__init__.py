"""Scans found in files, and the checks of their size and voxels."""
