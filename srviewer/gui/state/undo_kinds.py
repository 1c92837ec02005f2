"""The kinds of changes of a study that can be taken back."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from srviewer.gui.state.undo_of_masks import arranged, painted, put_masks
from srviewer.gui.texts.translation import mark
from srviewer.study.state.compared_volumes import MOST_RESULTS, ComparedVolume, ComparedVolumes
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.rotation_of_study import with_rotation
from srviewer.study.state.study_state import StudyState


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
        is_followed: whether two linked studies change together.

    """

    title: str
    fields: tuple[str, ...]
    notable: Callable[[StudyState, StudyState], bool] = lambda before, after: True
    merges: Callable[[StudyState, StudyState], bool] = lambda before, after: False
    put: Callable[[StudyState, StudyState, StudyState], StudyState] | None = None
    of_volume: bool = False
    is_followed: bool = False

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


def _other_second(before: StudyState, after: StudyState) -> bool:
    """Whether another open study was put beside it, in the place of one that is still open."""
    scans = [second and second.scan for second in (before.second_study, after.second_study)]
    return None not in scans and scans[0] is not scans[1]


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
        is_followed=True,
    ),
    Undone(
        mark("link of two studies"),
        ("second_study",),
        notable=_same_second,
        merges=_offset_again,
        put=_put_link,
    ),
    Undone(mark("second study"), ("second_study",), notable=_other_second),
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
