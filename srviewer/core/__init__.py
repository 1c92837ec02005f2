"""Values and pure functions on arrays: no files, no Qt, no torch."""
