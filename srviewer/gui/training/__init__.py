"""Training in the window: runs, their curves, the form of a plan."""
