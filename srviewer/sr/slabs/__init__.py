"""Slab-wise reconstruction, for scans larger than memory."""
