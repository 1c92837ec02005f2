"""JSON files beside images: provenance of results, BIDS sidecars of scans."""
