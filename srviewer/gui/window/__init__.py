"""The main window with its bars, and the start of the program's window."""
