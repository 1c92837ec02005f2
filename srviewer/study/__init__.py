"""One open study as one frozen value: its state, the jobs it lacks, its session file. No Qt."""
