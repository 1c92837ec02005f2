"""Panes that draw volumes, and plots of scores."""
