"""The verbs of the product: reconstruct, simulate, evaluate, train. Importing it loads no torch."""
