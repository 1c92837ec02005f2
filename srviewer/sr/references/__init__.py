"""Volumes that belong to a scan: ground truth, reference, locked region."""
