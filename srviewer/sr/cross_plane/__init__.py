"""Cross-plane super-resolution of one axis, and the table of methods."""
