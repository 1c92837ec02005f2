"""Results with their maps and the facts of their making."""
