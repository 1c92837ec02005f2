"""Grids of voxels in the patient, runs of slices, and the codes of their spaces."""
