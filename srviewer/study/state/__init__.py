"""The state of one open study as frozen values."""
