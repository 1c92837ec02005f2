"""Output of verbs: progress, text, JSON, tables."""
