"""The verbs of the product: reconstruct, simulate, evaluate, train; importing it loads no torch."""
