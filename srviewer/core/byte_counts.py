"""Numbers of bytes in words."""

GIGABYTE, MEGABYTE = 1e9, 1e6


def bytes_text(count: float) -> str:
    """A number of bytes for people.

    Args:
        count: Bytes; below 0 is 0.

    Returns:
        Such as "1.4 GB", or "350 MB" below a gigabyte.
    """
    if round(count / MEGABYTE) >= GIGABYTE / MEGABYTE:
        return f"{count / GIGABYTE:,.1f} GB"
    return f"{max(0.0, count) / MEGABYTE:.0f} MB"
