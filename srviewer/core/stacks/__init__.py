"""Several stacks of one person: their places, what they share, one estimate of all."""
