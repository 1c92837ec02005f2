"""The trained networks at hand, their cards and texture pairs, and devices to run them on."""
