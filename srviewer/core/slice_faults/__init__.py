"""Faults between the slices of a scan: detection, warnings, repair."""
