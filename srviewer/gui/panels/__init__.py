"""The panels at the side of the window; they do not import each other."""
