"""Session files: written, read, migrated."""
