"""Physics of the scan: degradation to thick slices, zero-filling, noise."""
