"""Access to files: folders, archives, streams, digests."""
