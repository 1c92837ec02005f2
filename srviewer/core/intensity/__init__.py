"""Grey values: floor, range, padding, window, histogram."""
