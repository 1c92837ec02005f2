"""Reports of a training run, and its log."""
