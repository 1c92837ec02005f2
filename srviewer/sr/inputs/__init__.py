"""Scans that are given to a verb: segmentations left out, subjects, names."""
