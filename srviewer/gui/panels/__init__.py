"""The panels at the side of the window; none knows another."""
