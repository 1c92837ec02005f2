"""Taking back what changes meaning: settings of a reconstruction, measurements, references, results."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoGroup, QUndoStack

from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.translation import mark
from srviewer.study.state.compared_volumes import MOST_RESULTS, ComparedVolume, ComparedVolumes
from srviewer.study.state.study_state import StudyState

MOST = 100  # changes that can be taken back
ONE_GESTURE = 1.0  # seconds: changes of one drag follow each other faster


@dataclass(frozen=True)
class Undone:
    """One kind of change that can be taken back.

    Attributes:
        title: what the menu says of it.
        fields: the fields of the state that it is a change of.
        notable: whether the change of these fields from one state to another is one that a user
            would take back.
        merges: whether it may be the next step of the same gesture.
        put: the present state with the fields as they were in the state ``wanted``; third, the
            state to leave.

    """

    title: str
    fields: tuple[str, ...]
    notable: Callable[[StudyState, StudyState], bool] = lambda before, after: True
    merges: Callable[[StudyState, StudyState], bool] = lambda before, after: False
    put: Callable[[StudyState, StudyState, StudyState], StudyState] | None = None

    def part(self, state: StudyState) -> StudyState:
        """Copy the fields of this change, so that no other volume is kept in memory.

        Args:
            state: The state to copy from.

        Returns:
            A state with these fields alone; the others are as in an empty study.
        """
        return replace(StudyState(), **{name: getattr(state, name) for name in self.fields})

    def restored(self, now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
        """Restore the fields of this change.

        Args:
            now: The present state.
            wanted: The state that has the fields to restore.
            left: The state to leave, which is taken back.

        Returns:
            The state ``now`` with these fields as in ``wanted``.
        """
        if self.put is not None:
            return self.put(now, wanted, left)
        return replace(now, **{name: getattr(wanted, name) for name in self.fields})


class Change(QUndoCommand):
    """From one state of a study to another."""

    def __init__(
        self, study: ShownStudy, kind: Undone, before: StudyState, after: StudyState
    ) -> None:
        super().__init__(kind.title)
        self._study, self._kind = study, kind
        self._before, self._after = kind.part(before), kind.part(after)
        self._when = monotonic()
        self._made = True  # by the user already; the stack calls redo() when it takes this

    def id(self) -> int:
        """Called by Qt: changes of one kind may be merged."""
        return KINDS.index(self._kind)

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Called by Qt: join the next step of the same drag."""
        if not isinstance(other, Change) or other._when - self._when > ONE_GESTURE:
            return False
        if not self._kind.merges(other._before, other._after):
            return False
        self._after, self._when = other._after, other._when
        return True

    def undo(self) -> None:
        """Called by Qt."""
        self._put(self._before, self._after)

    def redo(self) -> None:
        """Called by Qt."""
        if self._made:
            self._made = False
        else:
            self._put(self._after, self._before)

    def _put(self, wanted: StudyState, left: StudyState) -> None:
        self._study.set(self._kind.restored(self._study.state, wanted, left))


class History(QObject):
    """Watches the session and keeps the changes of each open study, until that is closed.

    ``group``: what can be taken back, the study that is shown being its active stack.
    """

    def __init__(self, studies: OpenStudies, parent: QObject) -> None:
        super().__init__(parent)
        self._studies, self._study = studies, studies.study
        self.group = QUndoGroup(self)
        self._stacks: dict[Volume, QUndoStack] = {}  # by the scan
        self._last = self._study.state
        self._putting = False
        self._study.changed.connect(self._note)
        studies.changed.connect(self._leave_closed)

    def undo(self) -> None:
        """Take the last change back."""
        self._move(self.group.undo)

    def redo(self) -> None:
        """Make the change again that was taken back."""
        self._move(self.group.redo)

    def forget(self) -> None:
        """Keep nothing of the study that is shown: it begins anew."""
        stack = self.group.activeStack()
        if stack is not None:
            stack.clear()

    def _move(self, move: Callable[[], None]) -> None:
        self._putting = True
        try:
            move()
        finally:
            self._putting = False

    def _note(self, changed: frozenset[str]) -> None:
        before, after = self._last, self._study.state
        self._last = after
        if before.scan is not after.scan:
            self._turn()
            return
        stack = self.group.activeStack()
        if stack is None or self._putting:
            return
        for kind in KINDS:
            if changed.intersection(kind.fields) and kind.notable(before, after):
                stack.push(Change(self._study, kind, before, after))

    def _turn(self) -> None:
        """Another study is shown: go on with its changes, or begin."""
        scan = self._study.scan
        if scan is None:
            return
        if scan not in self._stacks:
            stack = self._stacks[scan] = QUndoStack(self)
            stack.setUndoLimit(MOST)
            self.group.addStack(stack)
        self.group.setActiveStack(self._stacks[scan])

    def _leave_closed(self) -> None:
        open_now = {state.scan for state in self._studies.states}
        for scan in self._stacks.keys() - open_now:
            stack = self._stacks.pop(scan)
            self.group.removeStack(stack)
            stack.deleteLater()


def _moved(before: StudyState, after: StudyState) -> bool:
    """Whether a measurement was dragged: as many as before, and not only the lock changed."""
    return before.rois != after.rois and len(before.rois) == len(after.rois)


def _put_results(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    return now.keeping(
        with_entries(now.compared_volumes, wanted.compared_volumes, left.compared_volumes)
    )


def _put_window(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    return replace(now, view=replace(now.view, window=wanted.view.window))


def _put_reference(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    return now.with_reference(wanted.reference)


def _edited(before: StudyState, after: StudyState) -> bool:
    """Whether the user removed or renamed something; what jobs add is not to be taken back."""
    names = {entry.key: entry.name for entry in after.compared_volumes.kept}
    added = after.compared_volumes.made != before.compared_volumes.made
    entries = before.compared_volumes.kept
    return not added and any(names.get(entry.key) != entry.name for entry in entries)


KINDS = (
    Undone(
        mark("reconstruction settings"),
        ("request",),
        notable=lambda before, after: None not in (before.request, after.request),
    ),
    Undone(
        mark("measurement"),
        ("rois", "locked"),
        notable=lambda before, after: before.rois != after.rois,
        merges=_moved,
    ),
    Undone(
        mark("lock"), ("rois", "locked"), notable=lambda before, after: before.rois == after.rois
    ),
    Undone(
        mark("annotation"),
        ("annotations",),
        merges=lambda before, after: len(before.annotations) == len(after.annotations),
    ),
    Undone(mark("reference"), ("reference",), put=_put_reference),
    Undone(mark("list of results"), ("compared_volumes",), notable=_edited, put=_put_results),
    Undone(
        mark("window and level"),
        ("view",),
        notable=lambda before, after: before.view.window != after.view.window,
        merges=lambda before, after: True,
        put=_put_window,
    ),
)


def with_entries(
    now: ComparedVolumes, wanted: ComparedVolumes, left: ComparedVolumes
) -> ComparedVolumes:
    """Restore the entries of a list of results, and keep those that came later.

    Args:
        now: The present list.
        wanted: The list that has the entries to restore.
        left: The list to leave, which is taken back.

    Returns:
        The entries of ``wanted`` with their present scores, and those of ``now`` that are in
        neither ``wanted`` nor ``left``.
    """
    known = {entry.key for entry in (*wanted.kept, *left.kept)}
    fresh = {entry.key: entry for entry in now.kept}

    def entries(
        old: tuple[ComparedVolume, ...], new: tuple[ComparedVolume, ...]
    ) -> tuple[ComparedVolume, ...]:
        later = tuple(entry for entry in new if entry.key not in known)
        # Scores as they are now: what they are measured against may have changed.
        back = tuple(
            replace(entry, scores=fresh[entry.key].scores if entry.key in fresh else None)
            for entry in old
        )
        return later + back

    both = replace(
        now,
        results=entries(wanted.results, now.results)[:MOST_RESULTS],
        loaded=entries(wanted.loaded, now.loaded),
    )
    keys = {entry.key for entry in both.kept}
    current = now.current if now.current in keys else wanted.current
    return both.choosing(current).showing(wanted.shown)
