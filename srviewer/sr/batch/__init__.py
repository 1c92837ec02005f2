"""Reconstruction of many scans, on the workers of a Dask cluster."""
