"""Trust: the gain to expect on a scan, measured on the scan itself."""
