"""The command line: one small file per verb over the same calls as the window."""
