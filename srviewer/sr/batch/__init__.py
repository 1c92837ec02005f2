"""Many volumes on the workers of a Dask cluster."""
