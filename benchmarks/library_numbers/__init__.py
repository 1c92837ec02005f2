"""Scores and slice positions as other libraries give them, on the same volumes."""
