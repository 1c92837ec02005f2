"""The studies that are open at once: one is shown, the others wait as they were left."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal
from weakref import ref

from PySide6.QtCore import QObject, Signal

from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.user_files.autosave_folders import outlives_window
from srviewer.study.opening import emptied
from srviewer.study.state.origin import Origin
from srviewer.study.state.study_state import StudyState, with_second_scan

Choice = Literal["add", "replace"]


class OpenStudies(QObject):
    """``choice``: what a drop on an open study means; None until the user has said so.

    What is opened in any other way comes in a tab of its own.
    """

    changed = Signal()  # one came, went, or another one is shown

    def __init__(self, study: ShownStudy, parent: QObject) -> None:
        super().__init__(parent)
        self.study = study
        self.second = study.second = ShownStudy(self)
        self.choice: Choice | None = None
        self.next: Choice | None = None  # for what is being opened now, whatever ``choice`` says
        self.current = 0
        self._states: tuple[StudyState, ...] = ()
        self._wanted: Choice = "add"
        self._before: Callable[[], Volume | None] = lambda: None  # shown when the opening began
        self._shown: tuple[Callable[[], Volume | None], Origin | None] = (lambda: None), None
        study.follow(self._tell, "scan")

    @property
    def states(self) -> tuple[StudyState, ...]:
        """Every study in the order of the tabs, those that are shown as they are now."""
        if self.study.scan is None:
            return ()
        now = [self._as_now(state) for state in self._states]
        return (*now[: self.current], self.study.state, *now[self.current + 1 :])

    def _as_now(self, state: StudyState) -> StudyState:
        """The state of a study that waits, or that is shown beside the current one.

        The planes of that are the current study's choice, and its own as soon as it is alone.
        """
        second, view = self.second.state, state.view
        if second.scan is None or second.scan is not state.scan:
            return state
        if (second.view.main, second.view.only) == (view.main, view.only):
            return second
        return replace(second, view=replace(second.view, main=view.main, only=view.only))

    def show_second(self, scan: Volume | None) -> None:
        """Show a study that waits beside the current one, as it was left.

        Args:
            scan: Its scan; None for no study, as that of a study that is not open or is shown.
        """
        if self.second.scan is scan:
            return
        self._states = self.states  # with what was changed in the one that goes
        waiting = (state for state in self._states if state.scan is scan)
        state = next(waiting, None) if scan is not self.study.scan else None
        self.second.set(emptied(self.second.state) if state is None else state)

    def show(self, number: int) -> None:
        """Bring a study back with its result, reference and view.

        Args:
            number: Its position in ``states``, from 0; nothing happens outside of them.
        """
        if number != self.current and 0 <= number < len(self.states):
            self._bring(self.states, number)

    def step(self, by: int) -> None:
        """Show a study relative to the current one; after the last comes the first.

        Args:
            by: Positions to go on in ``states``; negative to go back.
        """
        if self.states:
            self.show((self.current + by) % len(self.states))

    def close(self, number: int) -> None:
        """Forget a study and everything that was made from it.

        Args:
            number: Its position in ``states``, from 0; nothing happens outside of them.
        """
        states = self.states
        if not 0 <= number < len(states):
            return
        left = states[:number] + states[number + 1 :]
        if not left:
            self._states, self.current = (), 0
            self.study.set(emptied(states[0]))
        elif number == self.current:
            self._bring(left, min(number, len(left) - 1))
        else:
            self._states = left
            self.current -= number < self.current
            self.changed.emit()

    def change(self, scan: Volume, change: Callable[[StudyState], StudyState]) -> None:
        """Change the study of a scan, shown or not; nothing when it was closed meanwhile.

        Args:
            scan: The scan of the study, by identity.
            change: Gives the new state for the present one.
        """
        if self.study.scan is scan:
            self.study.set(change(self.study.state))
            return
        if self.second.scan is scan:
            self.second.set(change(self.second.state))
            self.changed.emit()
            return
        before = self.states
        self._states = tuple(change(state) if state.scan is scan else state for state in before)
        if any(new is not old for new, old in zip(self._states, before, strict=True)):
            self.changed.emit()

    def begin(self) -> None:
        """Something is to be opened: take what the user said about the open study."""
        self._wanted = self.next or self.choice or "add"
        self.next = None
        if self.study.scan is not None:
            self._before = ref(self.study.scan)

    def begin_beside(self) -> None:
        """Open the next study beside the one that is shown, whatever ``choice`` says."""
        self._wanted = "add"

    def place(self, state: StudyState) -> None:
        """Show a new study: the open one makes way, or waits.

        One that was brought to the front since ``begin`` was not meant to make way.

        Args:
            state: The new study.
        """
        states, shown = self.states, self.study.scan
        if shown is not None and (self._wanted == "add" or shown is not self._before()):
            self.current = len(states)
            self._states = (*states, state)
        self.study.set(state)

    def add(self, state: StudyState) -> None:
        """Show a new study in a tab of its own.

        Args:
            state: The new study.
        """
        self.begin_beside()
        self.place(state)

    def succeed(self, state: StudyState) -> None:
        """Show a study that was made of the one that is shown.

        Args:
            state: The new study. It takes the place of the other, or a tab of its own where a
                result of the other was not exported, or a mask or a drawing not saved.
        """
        before = self.study.state
        kinds = (before.unexported, before.unsaved_masks, before.unsaved_drawings)
        if any(kind(outlives_window) for kind in kinds):
            self.add(state)
        else:
            self.study.set(state)

    def surround(self, before: Sequence[StudyState], after: Sequence[StudyState]) -> None:
        """Put studies on both sides of the one that is shown, which stays shown.

        Args:
            before: Those whose tabs come before its tab.
            after: Those whose tabs come after it.
        """
        states, here = self.states, self.current
        self._states = (*states[:here], *before, states[here], *after, *states[here + 1 :])
        self.current += len(before)
        self.changed.emit()

    def _bring(self, states: tuple[StudyState, ...], number: int) -> None:
        """Show the study at ``number`` of ``states``, with the conventions of the window."""
        state, now = states[number], self.study.view
        self._states, self.current = states, number
        self.study.set(replace(state, view=state.view.with_conventions(now)))

    def _tell(self) -> None:
        before, origin = self._shown[0](), self._shown[1]
        scan, now = self.study.scan, self.study.state.origin
        self._shown = (lambda: None) if scan is None else ref(scan), now
        if before and scan and origin and now and origin.series is now.series:
            self._go_on_in_time(before, scan)
        self.changed.emit()

    def _go_on_in_time(self, before: Volume, after: Volume) -> None:
        """Let another volume of a series in time be the second study of those that have it."""
        if all(state.scan is not before for state in self.states):
            moved = [with_second_scan(state, before, after) for state in self._states]
            self._states = tuple(moved)
