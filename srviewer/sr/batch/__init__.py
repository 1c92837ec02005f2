"""Reconstruction of many scans: by jobs that share a folder, or the workers of a Dask cluster."""
