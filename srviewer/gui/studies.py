"""The studies that are open at once: one is in the session, the others wait as they were left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from srviewer.core.volume import Volume
from srviewer.gui.comparing import Layout
from srviewer.gui.self_testing import SELF_TEST
from srviewer.gui.session import Session, View
from srviewer.gui.study import RECONSTRUCT, Study
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.request import Request
from srviewer.sr.self_test import SelfTest

Choice = Literal["add", "replace"]
# What belongs to a study and waits with it; everything else of the session is the window's.
FIELDS = (
    "original",
    "sources",
    "comparables",
    "comparing",
    "reference",
    "request",
    "acknowledged",
    "layers",
    "rois",
    "locked",
    "auto_window",
    "view",
    "tested",
)


@dataclass(frozen=True, eq=False)
class Shelved:
    """A study as it was left. ``fields``: the session's values by name."""

    volume: Volume
    fields: Mapping[str, Any]


class Studies(QObject):
    """``choice``: what a drop on an open study means; None until the user has said so.

    A rebuild goes on while another study is shown: its result joins its own study, and goes
    with it when that one is closed or replaced.
    """

    changed = Signal()  # one came, went, or another one is shown
    rebuilt = Signal(str)  # the name of a scan that is not shown and has a new result

    def __init__(self, study: Study, parent: QObject) -> None:
        super().__init__(parent)
        self.study, self._session = study, study.session
        self.choice: Choice | None = None
        self.next: Choice | None = None  # for what is being opened now, whatever ``choice`` says
        self.entries: list[Shelved] = []
        self.current = 0
        self._adding = False
        self._wanted: Choice = "replace"
        self._over: Volume | None = None  # what was shown when the opening began
        study.opening.connect(self._begin)
        study.about_to_show.connect(self._make_room)
        study.rebuilt_elsewhere.connect(self._keep)
        study.testing.tested_elsewhere.connect(self._keep_tested)
        study.previews.given_up.connect(self._give_up)
        study.session.original_changed.connect(self._take)

    def show(self, number: int) -> None:
        """Bring the study at ``number`` back with its result, reference and view."""
        if number == self.current or not 0 <= number < len(self.entries):
            return
        self._shelve()
        self._bring(number)

    def step(self, by: int) -> None:
        """Show the next study, or the one before, round and round."""
        if self.entries:
            self.show((self.current + by) % len(self.entries))

    def close(self, number: int) -> None:
        """Forget a study and everything that was made from it; the last one stays."""
        if len(self.entries) < 2 or not 0 <= number < len(self.entries):
            return
        if number == self.current:
            self._bring(number + 1 if number + 1 < len(self.entries) else number - 1)
        del self.entries[number]
        self.current -= number < self.current
        self._tell()

    def sessions(self) -> tuple[Session, ...]:
        """Every study in a session of its own, which nothing listens to; the shown one as it is."""
        self._shelve()
        return tuple(_unshelved(entry) for entry in self.entries)

    def unseen(self) -> Session:
        """An empty session with the user's choices, to be filled and given to ``surround``."""
        session, shown = Session(), self._session
        session.preferred_device = shown.preferred_device
        session.comparing, session.view = replace(shown.comparing, layout=Layout.PLANES), shown.view
        return session

    def surround(self, before: Sequence[Session], after: Sequence[Session]) -> None:
        """Put the studies in these on both sides of the one that is shown."""
        self.entries[self.current + 1 : self.current + 1] = _shelved(after)
        self.entries[self.current : self.current] = _shelved(before)
        self.current += len(before)
        self._tell()

    def _begin(self) -> None:
        self._wanted = self.next or self.choice or "replace"
        self._over, self.next = self._session.original, None

    def _make_room(self) -> None:
        """A scan was read and is about to be shown: the open one makes way, or waits.

        One that was brought to the front meanwhile was not meant to make way.
        """
        shown = self._session.original
        if shown is not None and (self._wanted == "add" or shown is not self._over):
            self._shelve()
            self._adding = True

    def _take(self) -> None:
        """The session shows another scan: its entry is renewed, or joins the others."""
        entry = _captured(self._session)
        if entry is None:
            return
        if self._adding or not self.entries:
            self.entries.append(entry)
            self.current = len(self.entries) - 1
            self._adding = False
        else:
            self.entries[self.current] = entry
        self._tell()

    def _tell(self) -> None:
        study = self.study
        for kind, scan in ((RECONSTRUCT, study.rebuilding), (SELF_TEST, study.testing.scan)):
            if scan is not None and all(entry.volume is not scan for entry in self.entries):
                study.work.cancel(kind)
        self.changed.emit()

    def _keep(self, scan: Volume, result: Reconstruction) -> None:
        """A scan that waits was rebuilt: its result is there when it is shown again."""
        for number, entry in enumerate(self.entries):
            if entry.volume is scan:
                self.entries[number] = _with_result(entry, result)
                self.rebuilt.emit(scan.name)

    def _keep_tested(self, scan: Volume, found: Mapping[Request, SelfTest]) -> None:
        """A scan that waits was tested: the verdict is there when it is shown again."""
        for number, entry in enumerate(self.entries):
            if entry.volume is scan:
                fields = {**entry.fields, "tested": {**entry.fields["tested"], **found}}
                self.entries[number] = replace(entry, fields=fields)

    def _give_up(self, scan: Volume) -> None:
        """The rebuild of a scan that waits was cancelled or failed: it is as it was before."""
        for number, entry in enumerate(self.entries):
            comparing = entry.fields["comparing"]
            if entry.volume is scan and comparing.layout is Layout.COMPARE:
                planes = replace(comparing, layout=Layout.PLANES)
                fields = {**entry.fields, "comparing": planes}
                self.entries[number] = replace(entry, fields=fields)

    def _shelve(self) -> None:
        entry = _captured(self._session)
        if entry is not None:
            self.entries[self.current] = entry

    def _bring(self, number: int) -> None:
        self.current = number
        fields = dict(self.entries[number].fields)
        fields["view"] = _with_conventions(fields["view"], self._session.view)
        for name, value in fields.items():
            setattr(self._session, name, value)
        self._session.tell_all()
        # A scan that is shown begins with its planes; this one goes on where it was.
        self._session.compare(fields["comparing"])


def _captured(session: Session) -> Shelved | None:
    if session.original is None:
        return None
    return Shelved(session.original, {name: getattr(session, name) for name in FIELDS})


def _shelved(sessions: Sequence[Session]) -> list[Shelved]:
    return [entry for entry in map(_captured, sessions) if entry is not None]


def _unshelved(entry: Shelved) -> Session:
    session = Session()
    for name, value in entry.fields.items():
        setattr(session, name, value)
    return session


def _with_result(entry: Shelved, result: Reconstruction) -> Shelved:
    """``entry`` as it would be if it had been shown when ``result`` came."""
    comparables = entry.fields["comparables"].with_result(result)
    comparing = entry.fields["comparing"]
    if comparing.layout is Layout.PLANES:
        comparing = replace(comparing, layout=Layout.COMPARE)
    fields = {**entry.fields, "comparables": comparables, "comparing": comparing}
    return replace(entry, fields=fields)


def _with_conventions(view: View, now: View) -> View:
    """``view`` with what the user may have switched since, for the whole window."""
    return replace(
        view,
        radiological=now.radiological,
        smooth=now.smooth,
        crosshair=now.crosshair,
    )
