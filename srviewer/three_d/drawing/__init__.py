"""The process that draws: the only place for VTK."""
