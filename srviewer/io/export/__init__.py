"""Results and measurements written to files; nothing of another scan is replaced."""
