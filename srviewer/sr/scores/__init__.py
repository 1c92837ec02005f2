"""Scores of methods and results: simulation, evaluation, self-test."""
