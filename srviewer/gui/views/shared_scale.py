"""The scale that panes share, so that a millimetre is as long in each of them."""

from collections.abc import Hashable
from typing import Protocol

from PySide6.QtCore import QObject
from shiboken6 import isValid


class Scaled(Hashable, Protocol):
    """A pane that is drawn anew when the scale changes."""

    def refresh(self) -> None:
        """Draw the pane with the present scale."""


class SharedScale:
    """The mm per pixel at zoom 1 at which every visible pane of a group shows its whole volume."""

    def __init__(self) -> None:
        self._fitted: dict[Scaled, float] = {}

    @property
    def mm_per_pixel(self) -> float:
        """That of the pane that needs most; 0 while no pane of the group is shown."""
        return max(self._fitted.values(), default=0.0)

    def fit(self, pane: Scaled, mm_per_pixel: float) -> None:
        """Make the volume of a pane fit; the others of the group are drawn anew if that changes.

        Args:
            pane: A visible pane.
            mm_per_pixel: At which its whole volume fits it.
        """
        before = self.mm_per_pixel
        self._fitted[pane] = mm_per_pixel
        self._draw_changed(before, pane)

    def leave(self, pane: Scaled) -> None:
        """Let the others go on without a pane that is hidden or empty.

        Args:
            pane: Of the group, or not.
        """
        before = self.mm_per_pixel
        if self._fitted.pop(pane, None) is not None:
            self._draw_changed(before, pane)

    def _draw_changed(self, before: float, cause: Scaled) -> None:
        if self.mm_per_pixel == before:
            return
        for pane in tuple(self._fitted):
            if isinstance(pane, QObject) and not isValid(pane):
                del self._fitted[pane]  # Qt deleted it with its parent
            elif pane is not cause:
                pane.refresh()
