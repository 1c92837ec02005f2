"""Theme, colours, colour maps and grey-level windows."""
