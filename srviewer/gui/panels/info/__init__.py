"""The panel of the open file: grid, history, warnings, header."""
