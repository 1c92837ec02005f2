"""Generators and discriminators: one file for each family, and the table of generators."""
