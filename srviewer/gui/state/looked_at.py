"""The study that actions on the view are about, of two that are shown beside each other."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from srviewer.gui.state.linked_views import both_shown
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.study.state.study_state import StudyState


class LookedAt(QObject):
    """The study of the pane that had the keyboard last; the current one before."""

    # Another study is meant, or is the second one, or the second one changed while it is meant.
    changed = Signal()

    def __init__(self, study: ShownStudy, parent: QObject) -> None:
        super().__init__(parent)
        self._study, self._is_second = study, False
        study.focused.connect(self._take_first)
        if study.second is not None:
            study.second.focused.connect(self._take_second)
            study.second.changed.connect(self._tell)

    @property
    def target(self) -> ShownStudy:
        """The study that is meant."""
        second = self._study.second
        meant = self._is_second and second is not None and both_shown(self._study)
        return second if meant and second is not None else self._study

    @property
    def state(self) -> StudyState:
        """The current study, with scan and view of the one that is meant.

        It has no second study where that is not open any more.
        """
        state, target, second = self._study.state, self.target, self._study.second
        if state.second_study is not None and second is not None and second.scan is None:
            state = replace(state, second_study=None)
        if target is self._study:
            return state
        return replace(state, scan=target.scan, view=target.view)

    def follow(self, slot: Callable[[], None], *names: str) -> None:
        """Call a method after changes of the study that is meant, and where another is meant.

        Args:
            slot: A bound method without arguments, of a QObject.
            *names: As of ``FollowedState.follow``.
        """
        self._study.follow(slot, *names, "comparing", "second_study")
        self.changed.connect(slot)

    def _take_first(self) -> None:
        self._take(False)

    def _take_second(self) -> None:
        self._take(True)

    def _take(self, is_second: bool) -> None:
        if is_second is not self._is_second:
            self._is_second = is_second
            self.changed.emit()

    def _tell(self, changed: frozenset[str]) -> None:
        if self.target is not self._study or "scan" in changed:
            self.changed.emit()
