"""Scans that can be joined: of one person, in one contrast, of overlapping places."""
