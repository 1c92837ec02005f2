"""Taking back what changes meaning: settings of a rebuild, measurements, references, results."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtGui import QUndoCommand, QUndoGroup, QUndoStack

from srviewer.core.volume import Volume
from srviewer.gui.comparables import Comparables, Kept
from srviewer.gui.session import Reference, Session
from srviewer.gui.studies import Studies
from srviewer.gui.translation import mark

MOST = 100  # changes that can be taken back
ONE_GESTURE = 1.0  # seconds: changes of one drag follow each other faster
Put = Callable[[Any, Any], None]


@dataclass(frozen=True, eq=False)
class Field:
    """One frozen value of the session that can be put back.

    ``title``: what the menu says of a change (before, after). ``put``: called with the value
    wanted and the one to leave. ``notable``: whether a change (before, after) is one that a user
    would take back. ``merges``: whether it may be the next step of the same gesture.
    """

    title: Callable[[Any, Any], str]
    changed: SignalInstance
    get: Callable[[], Any]
    put: Put
    notable: Callable[[Any, Any], bool] = lambda before, after: True
    merges: Callable[[Any, Any], bool] = lambda before, after: False


class Change(QUndoCommand):
    """From one value of a field to another."""

    def __init__(self, number: int, field: Field, before: object, after: object) -> None:
        super().__init__(field.title(before, after))
        self._number, self._field = number, field
        self._before, self._after = before, after
        self._when = monotonic()
        self._made = True  # by the user already; the stack calls redo() when it takes this

    def id(self) -> int:
        """Called by Qt: changes of one field may be merged."""
        return self._number

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Called by Qt: join the next step of the same drag."""
        if not isinstance(other, Change) or other._when - self._when > ONE_GESTURE:
            return False
        if not self._field.merges(other._before, other._after):
            return False
        self._after, self._when = other._after, other._when
        return True

    def undo(self) -> None:
        """Called by Qt."""
        self._field.put(self._before, self._after)

    def redo(self) -> None:
        """Called by Qt."""
        if self._made:
            self._made = False
        else:
            self._field.put(self._after, self._before)


class History(QObject):
    """Watches the session and keeps the changes of each open study, until that is closed.

    ``group``: what can be taken back, the study that is shown being its active stack.
    """

    def __init__(self, studies: Studies, parent: QObject) -> None:
        super().__init__(parent)
        self._studies, self._session = studies, studies.study.session
        self.group = QUndoGroup(self)
        self._stacks: dict[Volume, QUndoStack] = {}  # by the scan
        self._fields = _fields(self._session)
        self._last = [field.get() for field in self._fields]
        self._putting = False
        self._session.original_changed.connect(self._turn)
        studies.changed.connect(self._leave_closed)
        self._watches = [_Watch(self, number) for number in range(len(self._fields))]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Everything that is watched."""
        return self._fields

    def undo(self) -> None:
        """Take the last change back."""
        self._move(self.group.undo)

    def redo(self) -> None:
        """Make the change again that was taken back."""
        self._move(self.group.redo)

    def note(self, number: int) -> None:
        """A field has changed."""
        field, before = self._fields[number], self._last[number]
        after = self._last[number] = field.get()
        stack = self.group.activeStack()
        if stack is None or self._putting or before is after or not field.notable(before, after):
            return
        stack.push(Change(number, field, before, after))

    def forget(self) -> None:
        """Keep nothing of the study that is shown: it begins anew."""
        self._look()
        stack = self.group.activeStack()
        if stack is not None:
            stack.clear()

    def _move(self, move: Callable[[], None]) -> None:
        self._putting = True
        try:
            move()
        finally:
            self._putting = False

    def _turn(self) -> None:
        """Another study is shown: go on with its changes, or begin."""
        self._look()
        scan = self._session.original
        if scan is None:
            return
        if scan not in self._stacks:
            stack = self._stacks[scan] = QUndoStack(self)
            stack.setUndoLimit(MOST)
            self.group.addStack(stack)
        self.group.setActiveStack(self._stacks[scan])

    def _look(self) -> None:
        self._last = [field.get() for field in self._fields]

    def _leave_closed(self) -> None:
        open_now = {entry.volume for entry in self._studies.entries}
        for scan in self._stacks.keys() - open_now:
            stack = self._stacks.pop(scan)
            self.group.removeStack(stack)
            stack.deleteLater()


class _Watch(QObject):
    """Tells the history which field a signal was of."""

    def __init__(self, history: History, number: int) -> None:
        super().__init__(history)
        self._history, self._number = history, number
        history.fields[number].changed.connect(self._tell)

    def _tell(self) -> None:
        self._history.note(self._number)


def _fields(session: Session) -> tuple[Field, ...]:
    return (
        _settings(session),
        _measurements(session),
        _reference(session),
        _results(session),
        _grey_levels(session),
    )


def _settings(session: Session) -> Field:
    def put(wanted: Any, left: Any) -> None:
        session.set_request(wanted)

    return Field(
        _called(mark("reconstruction settings")),
        session.request_changed,
        lambda: session.request,
        put,
        notable=lambda before, after: None not in (before, after),
    )


def _measurements(session: Session) -> Field:
    """Measurements, and which of them is locked."""

    def put(wanted: Any, left: Any) -> None:
        rois, locked = wanted
        session.set_rois(rois)
        session.lock(locked)

    def title(before: Any, after: Any) -> str:
        return mark("measurement") if before[0] != after[0] else mark("lock")

    return Field(
        title,
        session.rois_changed,
        lambda: (session.rois, session.locked),
        put,
        notable=lambda before, after: before != after,
        merges=lambda before, after: before[0] != after[0] and len(before[0]) == len(after[0]) > 0,
    )


def _reference(session: Session) -> Field:
    def put(wanted: Reference | None, left: Any) -> None:
        session.set_reference(wanted)

    return Field(
        _called(mark("reference")),
        session.reference_changed,
        lambda: session.reference,
        put,
    )


def _results(session: Session) -> Field:
    def put(wanted: Comparables, left: Comparables) -> None:
        session.keep(with_entries(session.comparables, wanted, left))

    return Field(
        _called(mark("list of results")),
        session.comparables_changed,
        lambda: session.comparables,
        put,
        notable=_edited,
    )


def _grey_levels(session: Session) -> Field:
    def put(wanted: Any, left: Any) -> None:
        session.set_window(wanted)

    return Field(
        _called(mark("window and level")),
        session.view_changed,
        lambda: session.view.window,
        put,
        notable=lambda before, after: before != after,
        merges=lambda before, after: True,
    )


def _called(title: str) -> Callable[[Any, Any], str]:
    return lambda before, after: title


def _edited(before: Comparables, after: Comparables) -> bool:
    """Whether the user removed or renamed something; what jobs add is not to be taken back."""
    names = {one.key: one.name for one in after.kept}
    added = after.made != before.made
    return not added and any(names.get(one.key) != one.name for one in before.kept)


def with_entries(now: Comparables, wanted: Comparables, left: Comparables) -> Comparables:
    """``now`` with the entries of ``wanted``, and those that came after both it and ``left``."""
    known = {one.key for one in (*wanted.kept, *left.kept)}
    fresh = {one.key: one for one in now.kept}

    def entries(old: tuple[Kept, ...], new: tuple[Kept, ...]) -> tuple[Kept, ...]:
        later = tuple(one for one in new if one.key not in known)
        # Scores as they are now: what they are measured against may have changed.
        back = tuple(
            replace(one, scores=fresh[one.key].scores if one.key in fresh else None) for one in old
        )
        return later + back

    both = replace(
        now,
        results=entries(wanted.results, now.results),
        loaded=entries(wanted.loaded, now.loaded),
    )
    current = wanted.current if now.current not in {one.key for one in both.kept} else now.current
    return both.choosing(current).showing(wanted.shown)
