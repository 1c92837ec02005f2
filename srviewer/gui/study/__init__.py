"""Actions on the open study: each starts a job and keeps its result."""
