"""The gestures of mouse and keyboard in a pane, as texts for the shortcuts dialog."""

from srviewer.gui.texts.translation import mark

# (mouse or key, what it does)
GESTURES = (
    (mark("Wheel"), mark("Next or previous slice")),
    (mark("Arrow keys"), mark("Next or previous slice")),
    (mark("Page Up, Page Down"), mark("Ten slices on or back")),
    (mark("Home, End"), mark("First or last slice")),
    (mark("Left drag"), mark("Move the crosshair, or what the mouse mode says")),
    (mark("Right drag"), mark("Window (across) and level (up)")),
    (mark("Right click, Menu key"), mark("What can be done there")),
    (mark("Middle drag, Space + left drag"), mark("Move the image")),
    (mark("Ctrl + wheel, pinch"), mark("Zoom at the mouse")),
    (mark("Shift + wheel, with a brush"), mark("Size of the brush")),
    (mark("+, -"), mark("Zoom at the crosshair")),
    (mark("Drag at the right edge"), mark("Scroll through the slices")),
    (mark("Alt + arrow keys"), mark("Move the crosshair by a voxel in the plane")),
    (mark("F, held"), mark("B in the place of A")),
    (mark("Alt + left drag"), mark("Rotate the planes about the crosshair: oblique planes")),
    (mark("Drag an end of the crosshair"), mark("Rotate oblique planes on")),
    (mark("Drag the curtain's edge"), mark("More of A, or more of B")),
    (mark("Double click, M"), mark("This plane alone, and back")),
    (mark("Double click on a text"), mark("Write another")),
    (mark("Drag a text, an arrow or its end"), mark("Move it")),
    (mark("Drag the label of a measurement"), mark("Put it elsewhere")),
    (mark("Delete"), mark("Remove the text or arrow that was clicked")),
    (mark("Return"), mark("Set a point of a measurement, text or arrow at the crosshair")),
    (mark("Escape"), mark("Leave a tool, or show all planes again")),
    (mark("R"), mark("Whole volume, automatic grey levels")),
    (mark("In 3D: drag, Shift + drag, Ctrl + drag"), mark("Rotate, move, roll all volumes")),
    (mark("In 3D: wheel, right drag, +, -"), mark("Zoom")),
    (mark("In 3D: click"), mark("Set the crosshair to what is seen there")),
    (mark("In 3D: Alt + drag, Alt + wheel"), mark("Move the plane that cuts, and the crosshair")),
    (mark("In 3D: A, P, L, R, S, I"), mark("Look from that side of the patient")),
    (mark("Tab"), mark("Next control")),
)
