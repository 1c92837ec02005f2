"""Shares as percentages for people: with a space before the sign, as units have."""


def percentage(share: float, decimals: int = 0) -> str:
    """Format a share.

    Args:
        share: Usually 0 to 1.
        decimals: Digits behind the point.

    Returns:
        Such as "5 %" or "0.12 %".
    """
    return f"{100 * share:.{decimals}f} %"
