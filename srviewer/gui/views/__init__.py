"""What draws volumes and scores."""
