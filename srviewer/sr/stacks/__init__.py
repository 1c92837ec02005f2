"""Several stacks of one person joined to one volume: registration, estimate, leave one out."""
