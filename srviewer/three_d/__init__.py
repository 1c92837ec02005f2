"""Volumes in 3D under one camera, drawn by VTK in a process of its own. No Qt, no files."""
