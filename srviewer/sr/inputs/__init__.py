"""Scans that are given to a verb: masks left out, subjects, names."""
