"""Reconstruction slab by slab, for scans larger than memory."""
