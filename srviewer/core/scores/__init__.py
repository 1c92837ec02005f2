"""Image quality against a reference: metrics of volumes and of 2D images."""
