"""The panel of grey levels, colours, playing and overlays."""
