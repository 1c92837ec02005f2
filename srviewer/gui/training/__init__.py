"""Training in the window: training runs, their curves, the form of a plan."""
