"""Undo of settings of a reconstruction, measurements, references and results."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from PySide6.QtCore import QObject, Signal

from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.state.undo_of_masks import arranged, memory_of, painted, put_masks, strokes_of
from srviewer.gui.texts.translation import mark
from srviewer.study.state.compared_volumes import MOST_RESULTS, ComparedVolume, ComparedVolumes
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.rotation_of_study import with_rotation
from srviewer.study.state.study_state import StudyState

MOST = 100  # changes of a study that can be taken back
MOST_BYTES = 2**30  # of voxels that no open study has any more, such as those of removed results
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
        of_volume: whether it is a change of what holds for one volume of a series in time.

    """

    title: str
    fields: tuple[str, ...]
    notable: Callable[[StudyState, StudyState], bool] = lambda before, after: True
    merges: Callable[[StudyState, StudyState], bool] = lambda before, after: False
    put: Callable[[StudyState, StudyState, StudyState], StudyState] | None = None
    of_volume: bool = False

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
    """Watches the study and keeps the changes of each open study, until that is closed."""

    changed = Signal()  # there is another change to take back, or to make again

    def __init__(self, studies: OpenStudies, parent: QObject) -> None:
        super().__init__(parent)
        self._studies, self._study = studies, studies.study
        self._changes: dict[Volume, _Changes] = {}  # by the scan
        self._last = self._study.state
        self._restoring = False
        self._study.changed.connect(self._note)
        studies.changed.connect(self._leave_closed)

    @property
    def undo_title(self) -> str | None:
        """The title of the change to take back; None where there is none."""
        return next((change.kind.title for change in self._shown.made[-1:]), None)

    @property
    def redo_title(self) -> str | None:
        """The title of the change to make again; None where there is none."""
        return next((change.kind.title for change in self._shown.undone[-1:]), None)

    def undo(self) -> None:
        """Take the last change back; nothing during a stroke."""
        if (changes := self._shown.made) and not self._study.painting:
            change = changes.pop()
            self._shown.undone.append(change)
            self._restore(change.kind, change.before, change.after)

    def redo(self) -> None:
        """Make the change again that was taken back; nothing during a stroke."""
        if (changes := self._shown.undone) and not self._study.painting:
            change = changes.pop()
            self._shown.made.append(change)
            self._restore(change.kind, change.after, change.before)

    def forget(self) -> None:
        """Keep nothing of the study that is shown: it begins anew."""
        self._shown.made.clear()
        self._shown.undone.clear()
        self.changed.emit()

    @property
    def _shown(self) -> _Changes:
        scan = self._study.scan
        return _Changes() if scan is None else self._changes.setdefault(scan, _Changes())

    def _leave_closed(self) -> None:
        for scan in self._changes.keys() - {state.scan for state in self._studies.states}:
            del self._changes[scan]

    def _restore(self, kind: Undone, wanted: StudyState, left: StudyState) -> None:
        self._restoring = True
        try:
            self._study.set(kind.restored(self._study.state, wanted, left))
        finally:
            self._restoring = False
        self.changed.emit()

    def _note(self, changed: frozenset[str]) -> None:
        before, self._last = self._last, self._study.state
        if before.scan is not self._last.scan:
            self._go_on_in_time(before, self._last)
            self.changed.emit()
        elif self._last.scan is not None and not self._restoring:
            for kind in KINDS:
                if changed.intersection(kind.fields) and kind.notable(before, self._last):
                    self._push(kind, before, self._last)

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

    def _push(self, kind: Undone, before: StudyState, after: StudyState) -> None:
        changes = self._shown
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


def _moved(before: StudyState, after: StudyState) -> bool:
    """Whether a measurement was dragged: as many as before, and not only the lock changed."""
    return before.rois != after.rois and len(before.rois) == len(after.rois)


def _dimmed(before: StudyState, after: StudyState) -> bool:
    """Whether only opacity or threshold of an overlay was dragged."""
    return [_fixed(overlay) for overlay in before.overlays] == [
        _fixed(overlay) for overlay in after.overlays
    ]


def _fixed(overlay: Overlay) -> tuple[object, ...]:
    return id(overlay.volume), overlay.labels, overlay.hidden, overlay.outlined


def _put_results(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    return now.keeping(
        with_entries(now.compared_volumes, wanted.compared_volumes, left.compared_volumes)
    )


def _put_window(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    return replace(now, view=replace(now.view, window=wanted.view.window))


def _put_rotation(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    return with_rotation(now, wanted.view.rotation)


def _put_reference(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    return now.with_reference(wanted.reference)


def _edited(before: StudyState, after: StudyState) -> bool:
    """Whether the user removed or renamed something; what jobs add is not to be taken back."""
    names = {entry.key: entry.name for entry in after.compared_volumes.kept}
    added = after.compared_volumes.made != before.compared_volumes.made
    entries = before.compared_volumes.kept
    return not added and any(names.get(entry.key) != entry.name for entry in entries)


def _put_link(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    """Restore the link where the same study is still beside it."""
    same = now.second_study is not None and _same_second(now, wanted)
    return replace(now, second_study=wanted.second_study) if same else now


def _same_second(one: StudyState, other: StudyState) -> bool:
    first, second = one.second_study, other.second_study
    return first is not None and second is not None and first.scan is second.scan


def _offset_again(before: StudyState, after: StudyState) -> bool:
    """Whether an offset was set by hand before and after."""
    links = [state.second_study.link for state in (before, after) if state.second_study]
    return [(link.linked, link.source) for link in links] == [(True, "hand")] * 2


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
    Undone(mark("overlays"), ("overlays",), notable=arranged, merges=_dimmed),
    Undone(mark("mask"), ("overlays",), notable=painted, put=put_masks),
    Undone(
        mark("annotation"),
        ("annotations",),
        merges=lambda before, after: len(before.annotations) == len(after.annotations),
    ),
    Undone(mark("reference"), ("reference",), put=_put_reference, of_volume=True),
    Undone(
        mark("list of results"),
        ("compared_volumes",),
        notable=_edited,
        put=_put_results,
        of_volume=True,
    ),
    Undone(
        mark("window and level"),
        ("view",),
        notable=lambda before, after: before.view.window != after.view.window,
        merges=lambda before, after: True,
        put=_put_window,
    ),
    Undone(
        mark("rotation of the planes"),
        ("view",),
        notable=lambda before, after: before.view.rotation != after.view.rotation,
        merges=lambda before, after: True,
        put=_put_rotation,
    ),
    Undone(
        mark("link of two studies"),
        ("second_study",),
        notable=_same_second,
        merges=_offset_again,
        put=_put_link,
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
