"""What mouse and keys do in a pane, in words; what the window does is in its actions."""

# (mouse or key, what it does)
GESTURES = (
    ("Wheel", "Next or previous slice"),
    ("Arrow keys", "Next or previous slice"),
    ("Page Up, Page Down", "Ten slices on or back"),
    ("Home, End", "First or last slice"),
    ("Left drag", "Move the crosshair"),
    ("Right drag", "Window (across) and level (up)"),
    ("Middle drag, Space + left drag", "Move the image"),
    ("Ctrl + wheel, pinch", "Zoom at the mouse"),
    ("+, -", "Zoom at the crosshair"),
    ("Drag at the right edge", "Scroll through the slices"),
    ("Alt + arrow keys", "Move the crosshair by a voxel in the plane"),
    ("F, held", "B in the place of A"),
    ("Drag the curtain's edge", "More of A, or more of B"),
    ("Double click, M", "This plane alone, and back"),
    ("Return", "Set a point of a measurement at the crosshair"),
    ("Escape", "Leave a tool, or show all planes again"),
    ("R", "Whole volume, automatic grey levels"),
    ("Tab", "Next control"),
)
