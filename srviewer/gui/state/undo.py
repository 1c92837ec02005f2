"""Undo of settings of a reconstruction, measurements, references and results."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from time import monotonic

from PySide6.QtCore import QObject, Signal

from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.linked_views import both_shown, link_of
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.state.undo_kinds import KINDS, Undone
from srviewer.gui.state.undo_of_masks import memory_of, strokes_of
from srviewer.study.state.study_state import StudyState

MOST = 100  # changes of a study that can be taken back
MOST_BYTES = 2**30  # of voxels that no open study has any more, such as those of removed results
ONE_GESTURE = 1.0  # seconds: changes of one drag follow each other faster


@dataclass(frozen=True, eq=False)
class Change:
    """A change from one state of a study to another.

    Attributes:
        kind: The row of KINDS.
        before: The fields of the kind before it.
        after: The fields of the kind after it.
        when: Seconds of ``monotonic``.
    """

    kind: Undone
    before: StudyState
    after: StudyState
    when: float

    def is_of(self, scans: Set[Volume | None]) -> bool:
        """Whether it can still be taken back.

        Args:
            scans: Those of the open studies.

        Returns:
            False where it is about a second study that was closed.
        """
        seconds = (self.before.second_study, self.after.second_study)
        return all(second is None or second.scan in scans - {None} for second in seconds)

    def merged(self, later: "Change") -> "Change | None":
        """Join the next step of the same gesture.

        Args:
            later: The change that follows this one.

        Returns:
            One change for both; None where it is another gesture.
        """
        follows = self.kind is later.kind and later.when - self.when <= ONE_GESTURE
        if not follows or not self.kind.merges(later.before, later.after):
            return None
        return replace(self, after=later.after, when=later.when)


@dataclass
class _Changes:
    """The changes of a study: those made, and those taken back, each with the latest last."""

    made: list[Change] = field(default_factory=list)
    undone: list[Change] = field(default_factory=list)


class History(QObject):
    """Watches what is shown and keeps the changes of each open study, until that is closed.

    Of two studies that are shown beside each other the last change of both is taken back.
    """

    changed = Signal()  # there is another change to take back, or to make again

    def __init__(self, studies: OpenStudies, parent: QObject) -> None:
        super().__init__(parent)
        self._studies, self._study, self._second = studies, studies.study, studies.second
        self._changes: dict[Volume, _Changes] = {}  # by the scan
        self._last = {shown: shown.state for shown in (self._study, self._second)}
        self._restoring = False
        self._study.changed.connect(self._note_first)
        self._second.changed.connect(self._note_second)
        self._study.follow(self._tell, "comparing", "second_study")
        studies.changed.connect(self._leave_closed)

    @property
    def undo_title(self) -> str | None:
        """The title of the change to take back; None where there is none."""
        shown = self._last_changed()
        return None if shown is None else self._of(shown).made[-1].kind.title

    @property
    def redo_title(self) -> str | None:
        """The title of the change to make again; None where there is none."""
        shown = self._last_undone()
        return None if shown is None else self._of(shown).undone[-1].kind.title

    def undo(self) -> None:
        """Take the last change back; nothing during a stroke."""
        shown = self._last_changed()
        if shown is not None and not self._painting:
            change = self._of(shown).made.pop()
            self._of(shown).undone.append(change)
            self._restore(shown, change.kind, change.before, change.after)

    def redo(self) -> None:
        """Make the change again that was taken back; nothing during a stroke."""
        shown = self._last_undone()
        if shown is not None and not self._painting:
            change = self._of(shown).undone.pop()
            self._of(shown).made.append(change)
            self._restore(shown, change.kind, change.after, change.before)

    def forget(self) -> None:
        """Keep nothing of the study that is shown: it begins anew."""
        self._of(self._study).made.clear()
        self._of(self._study).undone.clear()
        self.changed.emit()

    def _of(self, shown: ShownStudy) -> _Changes:
        scan = shown.scan
        return _Changes() if scan is None else self._changes.setdefault(scan, _Changes())

    @property
    def _on_screen(self) -> tuple[ShownStudy, ...]:
        return (self._study, self._second) if both_shown(self._study) else (self._study,)

    @property
    def _painting(self) -> bool:
        return any(shown.painting for shown in self._on_screen)

    def _last_changed(self) -> ShownStudy | None:
        changed = [shown for shown in self._on_screen if self._of(shown).made]
        return max(changed, key=lambda shown: self._of(shown).made[-1].when, default=None)

    def _last_undone(self) -> ShownStudy | None:
        undone = [shown for shown in self._on_screen if self._of(shown).undone]
        return min(undone, key=lambda shown: self._of(shown).undone[-1].when, default=None)

    def _tell(self) -> None:
        self.changed.emit()

    def _leave_closed(self) -> None:
        scans = {state.scan for state in self._studies.states}
        for scan in self._changes.keys() - scans:
            del self._changes[scan]
        for row in self._changes.values():
            row.made = [change for change in row.made if change.is_of(scans)]
            row.undone = [change for change in row.undone if change.is_of(scans)]

    def _restore(
        self, shown: ShownStudy, kind: Undone, wanted: StudyState, left: StudyState
    ) -> None:
        self._restoring = True
        try:
            shown.set(kind.restored(shown.state, wanted, left))
        finally:
            self._restoring = False
        self.changed.emit()

    def _note_first(self, changed: frozenset[str]) -> None:
        self._note(self._study, changed)

    def _note_second(self, changed: frozenset[str]) -> None:
        self._note(self._second, changed)

    def _note(self, shown: ShownStudy, changed: frozenset[str]) -> None:
        before, now = self._last[shown], shown.state
        self._last[shown] = now
        if before.scan is not now.scan:
            if shown is self._study:
                self._go_on_in_time(before, now)
            self.changed.emit()
        elif now.scan is not None and not self._restoring:
            for kind in KINDS:
                if changed.intersection(kind.fields) and kind.notable(before, now):
                    self._push(shown, kind, before, now)

    def _go_on_in_time(self, before: StudyState, after: StudyState) -> None:
        """Keep what was set and drawn for another volume of a series; results are of the first."""
        old, new = before.origin, after.origin
        still_open = any(state.scan is before.scan for state in self._studies.states)
        if old is None or new is None or old.series is not new.series or still_open:
            return
        assert before.scan is not None and after.scan is not None
        changes = self._changes.pop(before.scan, _Changes())
        self._changes[after.scan] = _Changes(
            [change for change in changes.made if not change.kind.of_volume],
            [change for change in changes.undone if not change.kind.of_volume],
        )

    def _push(self, shown: ShownStudy, kind: Undone, before: StudyState, after: StudyState) -> None:
        if kind.is_followed and shown is self._second and link_of(self._study).linked:
            return  # it is a change of the current study, which this one follows
        changes = self._of(shown)
        change = Change(kind, kind.part(before), kind.part(after), monotonic())
        merged = changes.made[-1].merged(change) if changes.made else None
        changes.made[:] = [*(changes.made[:-1] if merged else changes.made), merged or change]
        del changes.made[:-MOST]
        changes.undone.clear()
        self._bound_memory()
        self.changed.emit()

    def _bound_memory(self) -> None:
        """Forget the oldest changes, of any study, while they alone hold too many voxels."""
        held = {memory_of(one) for state in self._studies.states for one in state.volumes}
        every = [change for row in self._changes.values() for change in (*row.made, *row.undone)]
        size, kept = 0, set[Change]()
        for change in sorted(every, key=lambda change: change.when, reverse=True):
            volumes = (*change.before.volumes, *change.after.volumes)
            own = {memory_of(volume): volume.voxels.nbytes for volume in volumes}
            size += sum(own[memory] for memory in own.keys() - held)
            size += sum(stroke.nbytes for stroke in strokes_of(change.after))
            if kept and size > MOST_BYTES:  # the last one can always be taken back
                break
            held |= own.keys()
            kept.add(change)
        for row in self._changes.values():
            row.made = [change for change in row.made if change in kept]
            if any(change not in kept for change in row.undone):
                row.undone = []
