"""The listing of scans in files, and the checks of their size and voxels."""
