"""Trained networks as files: weights, headers, checkpoints, weight transfer."""
