"""The paper's tables and figures for sets of 2D images."""
