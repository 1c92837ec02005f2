"""Results with their maps and provenance."""
