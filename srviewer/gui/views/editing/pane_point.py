"""A point of a pane at which the user asks for what can be done there."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from srviewer.gui.views.editing.annotating import Annotating
from srviewer.gui.views.slice_view import SliceView


@dataclass(frozen=True, eq=False)
class PanePoint:
    """A point of a pane, and what lies under it.

    Attributes:
        pane: The pane.
        position: In pixels of the pane.
        annotation: The number of the text or arrow there; None for none.
        measurement: The number of the measurement there; None for none.
        annotating: Edits and deletes annotations in the pane.
    """

    pane: SliceView
    position: QPointF
    annotation: int | None
    measurement: int | None
    annotating: Annotating
