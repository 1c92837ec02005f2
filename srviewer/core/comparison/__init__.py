"""Two volumes compared: scores, differences, grids, linked positions."""
