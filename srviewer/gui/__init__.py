"""The window: the only place for Qt and pyqtgraph."""
