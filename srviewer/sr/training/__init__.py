"""Training runs from files to a model file, and their records."""
