"""Grey values with the same number of decimals wherever they stand."""

from math import ceil, log10

from srviewer.core.intensity.window import Window

STEPS = 1000  # parts of the grey-level window that the last digit distinguishes
PLAIN = (1e-3, 1e7)  # widths, and values up to the second, that are written with plain decimals


def value_text(value: float, window: Window) -> str:
    """Format a grey value: "812.0" where the window is 800 wide.

    Args:
        value: In the scan's unit.
        window: The automatic window of the scan, which decides the number of decimals.

    Returns:
        The number; with five significant digits where plain decimals would be too many.
    """
    if not PLAIN[0] <= window.width <= PLAIN[1] or abs(value) >= PLAIN[1]:
        return f"{value:.5g}"
    decimals = min(max(ceil(-log10(window.width / STEPS)), 0), 6)
    return f"{value + 0.0:.{decimals}f}"


def window_text(window: Window, scale: Window) -> str:
    """Format window and level: "W 812  L 406".

    Args:
        window: The window to write down.
        scale: The automatic window of the scan, which decides the number of decimals.

    Returns:
        Width and level, as the short forms of radiology have them.
    """
    return f"W {value_text(window.width, scale)}  L {value_text(window.level, scale)}"
