"""The panel that reconstructs the open scan, with its options."""
