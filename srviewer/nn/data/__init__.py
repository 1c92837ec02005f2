"""Training data: patches, pairs, augmentation, prefetching, validation."""
