"""Figures of the window's contents, and the command lines that make them again."""
