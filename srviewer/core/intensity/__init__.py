"""Intensities: floor, range, padding, window, histogram."""
