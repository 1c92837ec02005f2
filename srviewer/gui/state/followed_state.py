"""A state of a study whose changes are announced to those who follow its fields."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from weakref import WeakMethod

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from srviewer.study.state.study_state import DERIVED, StudyState, changes

# What is of the window and of no study.
PREVIEW, TOOL, MOTION = "preview", "tool", "motion"
MASK_TOOLS, PAINTED = "mask tools", "painted"
OF_WINDOW = (PREVIEW, TOOL, MOTION, MASK_TOOLS, PAINTED)
KNOWN = frozenset({*StudyState.__dataclass_fields__, *DERIVED, *OF_WINDOW})


class FollowedState(QObject):
    """Holds one state and announces which of its fields changed, each change once.

    A change that a follower makes is announced when all followers have heard of the first,
    together with any other that came meanwhile.
    """

    changed = Signal(object)  # frozenset of names out of KNOWN

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = StudyState()
        self._pending: frozenset[str] = frozenset()
        self._telling = False
        self._followers: list[Follower] = []

    @property
    def state(self) -> StudyState:
        """The study that is shown."""
        return self._state

    def set(self, state: StudyState) -> None:
        """Show another state; fields that are equal to the present ones are not announced.

        Args:
            state: The state to show. A crosshair outside its scan is moved to the nearest voxel.
        """
        if state.scan is not None:
            inside = state.view.within(state.scan.geometry)
            if inside is not state.view:
                state = replace(state, view=inside)
        before, self._state = self._state, state
        self._tell(changes(before, state))

    def change(self, **fields: object) -> None:
        """Show the same state with other values of some fields.

        Args:
            **fields: New values, by the names of fields of ``StudyState``.
        """
        self.set(replace(self._state, **fields))  # type: ignore[arg-type]

    def follow(self, slot: Callable[[], None], *names: str) -> None:
        """Call a method after changes, while its object exists.

        Args:
            slot: A bound method without arguments.
            *names: Those of ``KNOWN`` whose changes it is called after.

        Raises:
            ValueError: A name is not in ``KNOWN``.
        """
        if unknown := set(names) - KNOWN:
            raise ValueError(f"{sorted(unknown)} is nothing of a study")
        # Not the method itself: it would keep its object, and what that draws, alive for ever.
        self._followers.append(Follower(WeakMethod(slot), frozenset(names)))

    def _tell(self, names: frozenset[str]) -> None:
        self._pending |= names
        if self._telling:
            return
        self._telling = True
        try:
            while self._pending:
                names, self._pending = self._pending, frozenset()
                self.changed.emit(names)
                if "scan" in names:  # seldom, and most that go have gone by then
                    self._followers = [known for known in self._followers if known.is_there]
                for follower in tuple(self._followers):
                    if not follower.names.isdisjoint(names):
                        follower.call()
        finally:
            self._telling = False


@dataclass(frozen=True, eq=False)
class Follower:
    """A method that is called after changes of ``names``."""

    slot: WeakMethod[Callable[[], None]]
    names: frozenset[str]

    @property
    def is_there(self) -> bool:
        """Whether its object is still there, for Python and for Qt."""
        slot = self.slot()
        owner = getattr(slot, "__self__", None)
        return slot is not None and (not isinstance(owner, QObject) or isValid(owner))

    def call(self) -> None:
        """Call the method while its object is there; its errors stop no other."""
        slot = self.slot() if self.is_there else None
        if slot is not None:
            try:
                slot()
            except Exception:
                sys.excepthook(*sys.exc_info())
