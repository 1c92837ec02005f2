"""Files below what a user names: folders, archives, streams, digests."""
