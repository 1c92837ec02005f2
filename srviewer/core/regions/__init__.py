"""Regions of voxels: measurements, locked regions, masks and label maps."""
