"""Arithmetic of results: fusion, iterative back-projection, lower bound."""
