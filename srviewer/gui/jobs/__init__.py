"""Jobs that run in threads."""
