"""Drafts of the mouse, and the chosen annotation, in a pane."""

from collections.abc import Callable

from srviewer.core.regions.roi import Roi
from srviewer.core.regions.text_annotation import TextAnnotation


class HandDrawings:
    """Drafts and choices in one pane, which is redrawn after each change.

    Attributes:
        measurement: A measurement that is being drawn.
        arrow: An arrow that is being drawn.
        reading: What a drag has set so far, such as "W 812  L 406"; "" for none.
        brush: Where the middle of the brush of a mask is, in pixels of the pane; None for none.
        selected: The number of the annotation that the Delete key removes.
    """

    def __init__(self, redraw: Callable[[], None]) -> None:
        self._redraw = redraw
        self.measurement: Roi | None = None
        self.arrow: TextAnnotation | None = None
        self.reading = ""
        self.brush: tuple[float, float] | None = None
        self.selected: int | None = None

    def set(self, **values: object) -> None:
        """Change some of them.

        Args:
            **values: New values by the names of the attributes.
        """
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self._redraw()
