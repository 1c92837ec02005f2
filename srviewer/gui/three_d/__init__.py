"""The window of the volumes in 3D: panes under one camera, their controls, their picture."""
