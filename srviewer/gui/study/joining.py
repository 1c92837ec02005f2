"""Joins the stack that is shown with stacks of other tabs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from PySide6.QtCore import QObject, Signal

from srviewer.core.volumes.volume import Volume, blocking_warnings
from srviewer.errors import UserError
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.texts.translation import tr
from srviewer.io.scans.series import Series
from srviewer.job import Job, within
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.request import FEWEST_STACKS, MOST_STACKS, JoinRequest
from srviewer.study.state.study_state import StudyState

if TYPE_CHECKING:  # loaded once a second scan is open
    from srviewer.sr.stacks.joinable.facts import StackFacts
    from srviewer.sr.stacks.joinable.fit import Fit

HEADERS = "stack headers"  # a job: reading what decides whether stacks can be joined
NAMELESS = "the stacks"  # so that what holds for all pairs is said once
Start = Callable[[Volume, str, Job[Joined]], bool]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A stack of another tab.

    Attributes:
        scan: The stack.
        fit: Whether it can be joined with the stack that is shown.
        ticked: Whether it is to be joined.
        unread: Whether it has warnings that were not acknowledged.
    """

    scan: Volume
    fit: "Fit"
    ticked: bool
    unread: bool


class Joining(QObject):
    """The choice of stacks and settings, and the job that joins them.

    The stack that is shown is the reference. Like a reconstruction, the result stays with its
    study while another one is shown.

    Attributes:
        settings: Of the next join, beside its reference, model and device.
        candidates: The stacks of the other tabs, as far as their headers are read.
        doubts: What must be acknowledged of the ticked stacks, such as another contrast.
        notes: What else is said of them, here and in the result.
        refused: Why the ticked stacks are not joined, whatever is acknowledged; "" otherwise.
    """

    changed = Signal()  # candidates, ticks or settings

    def __init__(
        self, studies: OpenStudies, work: RunningJobs, start: Start, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.settings = JoinRequest()
        self.candidates: tuple[Candidate, ...] = ()
        self.doubts: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.refused = ""
        self._studies, self._study, self._work = studies, studies.study, work
        self._start = start
        self._facts: dict[Series, StackFacts] = {}  # of what is open
        self._ticks: WeakKeyDictionary[Volume, dict[int, bool]] = WeakKeyDictionary()
        self._acknowledged: frozenset[str] = frozenset()  # the doubts that the user has read
        self._answered: WeakSet[Volume] = WeakSet()  # about which no bar asks again
        self._at_once: tuple[Series, ...] = ()  # to join as soon as all of them are open
        studies.changed.connect(self._look)
        self._study.follow(self._renew, "acknowledged", "request")

    # --- what can be joined

    @property
    def stacks(self) -> tuple[Volume, ...]:
        """The stacks to join, in the order of their tabs; the one that is shown among them."""
        wanted = {id(one.scan) for one in self.candidates if one.ticked} | {id(self._study.scan)}
        scans = (state.scan for state in self._studies.states)
        return tuple(scan for scan in scans if scan is not None and id(scan) in wanted)

    @property
    def acknowledged(self) -> bool:
        """Whether the user has read every doubt."""
        return self._acknowledged.issuperset(self.doubts)

    @property
    def obstacle(self) -> str:
        """Why nothing can be joined now, translated; "" where it can."""
        ticked = [one for one in self.candidates if one.ticked]
        if not ticked:
            if all(one.fit.refused for one in self.candidates):
                return tr("Nothing else that is open can be joined with this stack.")
            return tr("Tick at least one other stack.")
        if len(ticked) >= MOST_STACKS:
            return tr("At most {count} stacks are joined.", count=MOST_STACKS)
        unread = [one.scan.name for one in ticked if one.unread]
        if unread:
            return tr(
                "'{name}' has warnings that must be read first: show it and read them.",
                name=unread[0],
            )
        if self.refused:
            return tr(self.refused)
        return "" if self.acknowledged else tr("Read first what differs.")

    @property
    def offered(self) -> tuple[Volume, ...]:
        """The other stacks that fit the one that is shown and were not asked about yet.

        None where its result is the join of all of them.
        """
        fitting = [one.scan for one in self.candidates if one.fit.is_offered]
        result = self._study.result
        if isinstance(result, Joined):
            joined = {stack.name for stack in result.stacks}
            fitting = [] if joined.issuperset(scan.name for scan in fitting) else fitting
        if self._study.scan in self._answered:
            fitting = [scan for scan in fitting if scan not in self._answered]
        return tuple(fitting)

    def tick(self, scan: Volume, ticked: bool) -> None:
        """Choose whether a stack is joined.

        Args:
            scan: The stack of another tab.
            ticked: Whether it is.
        """
        shown = self._study.scan
        if shown is not None:
            self._ticks.setdefault(shown, {})[id(scan)] = ticked
            self._renew()

    def acknowledge(self, read: bool) -> None:
        """The user has read the doubts about the ticked stacks, or takes that back.

        Args:
            read: Whether they are read.
        """
        self._acknowledged = frozenset(self.doubts) if read else frozenset()
        self.changed.emit()

    def set(self, settings: JoinRequest) -> None:
        """Set what the next join will do.

        Args:
            settings: Its settings; reference, model and device are those of the study.
        """
        self.settings = settings
        self.changed.emit()

    def decline(self) -> None:
        """No bar offers the stacks again that are offered now."""
        self._answered.update(self.offered)
        if self._study.scan is not None:
            self._answered.add(self._study.scan)
        self.changed.emit()

    # --- joining

    def start(self) -> None:
        """Join the ticked stacks onto the one that is shown."""
        scan, request = self._study.scan, self._study.request
        if scan is None or request is None or self.obstacle:
            return
        from srviewer.sr.stacks.join import join

        stacks, said = self.stacks, (*self.doubts, *self.notes)
        number = next(n for n, stack in enumerate(stacks) if stack is scan)
        settings = replace(
            self.settings,
            reference=number,
            model=request.model,
            model_reason=request.model_reason,
            device=request.device,
            precision=request.precision,
        )
        title = tr("Joining {count} stacks", count=len(stacks))
        if self._start(scan, title, _with_warnings(join(stacks, settings), said)):
            self._answered.update(stacks)
            self.changed.emit()

    def start_once_open(self, series: Sequence[Series]) -> None:
        """Join stacks that are being opened, onto the first of them.

        Args:
            series: The stacks, which fit each other.
        """
        self._at_once = tuple(series)
        self._look()

    def scan_of(self, joined: Joined, number: int) -> Volume | None:
        """The open scan of one of the stacks of a join.

        Args:
            joined: The join.
            number: Of the stack, from 0.

        Returns:
            The scan with the name and the files of the stack; None where it is not open.
        """
        source, name = joined.volume.source, joined.stacks[number].name
        known = set() if source is None else {file.sha256 for file in source.files}
        for state in self._studies.states:
            scan = state.scan
            if scan is None or scan.name != name or scan.source is None:
                continue
            if known.issuperset(file.sha256 for file in scan.source.files):
                return scan
        return None

    def scans_of(self, joined: Joined) -> tuple[Volume, ...]:
        """The open scans of all stacks of a join.

        Args:
            joined: The join.

        Returns:
            The scans in the order of the stacks; () where one of them is not open.
        """
        scans = [self.scan_of(joined, stack.index) for stack in joined.stacks]
        known = [scan for scan in scans if scan is not None]
        return tuple(known) if len(known) == len(scans) else ()

    # --- the headers

    def _look(self) -> None:
        """Read the headers that are not known; one scan alone needs none."""
        states = self._studies.states
        series = [state.origin.series for state in states if state.origin is not None]
        self._facts = {one: self._facts[one] for one in series if one in self._facts}
        unknown = [one for one in series if one not in self._facts]
        if len(states) < 2 or not unknown:
            self._renew()
            return

        def keep(found: tuple["StackFacts", ...]) -> None:
            self._facts.update({facts.series: facts for facts in found})
            self._renew()

        title, job = tr("Looking for stacks that can be joined"), _all_facts(unknown)
        self._work.start(HEADERS, title, job, keep, lambda: True, asked=False)

    def _renew(self) -> None:
        shown, facts = self._study.scan, self._facts_of(self._study.state)
        found = []
        for state in self._studies.states:
            other = self._facts_of(state)
            if shown is None or state.scan in (None, shown) or facts is None or other is None:
                continue
            from srviewer.sr.stacks.joinable.fit import fit

            found.append(self._candidate(shown, state, fit(facts, other)))
        self.candidates = tuple(found)
        self._judge()
        self.changed.emit()
        self._join_at_once()

    def _judge(self) -> None:
        """Find what is to be said of the ticked stacks, each with each."""
        self.doubts = _lines(one.fit.doubts for one in self.candidates if one.ticked)
        self.notes, self.refused = (), ""
        states = {id(state.scan): state for state in self._studies.states}
        known = [self._facts_of(states[id(scan)]) for scan in self.stacks]
        facts = [one for one in known if one is not None]
        if len(facts) < FEWEST_STACKS:
            return
        from srviewer.sr.stacks.joinable.checked import check_joinable
        from srviewer.sr.stacks.joinable.fit import likeness

        pairs = list(combinations(facts, 2))
        doubts = _lines(likeness(one, other, NAMELESS).doubts for one, other in pairs)
        try:
            said = check_joinable(facts, acknowledged=True)
        except UserError as error:
            self.refused = str(error)
        else:
            self.notes = tuple(dict.fromkeys(line for line in said if line not in doubts))
            self.doubts = self.doubts or doubts

    def _candidate(self, shown: Volume, state: StudyState, found: "Fit") -> Candidate:
        scan = state.scan
        assert scan is not None
        ticked = self._ticks.get(shown, {}).get(id(scan), found.is_offered)
        unread = bool(blocking_warnings(scan.warnings)) and not state.acknowledged
        return Candidate(scan, found, ticked and not found.refused, unread)

    def _facts_of(self, state: StudyState) -> "StackFacts | None":
        return None if state.origin is None else self._facts.get(state.origin.series)

    def _join_at_once(self) -> None:
        """Start the join that waits, once all of its stacks are open and known."""
        states = self._studies.states
        numbers = {s.origin.series: n for n, s in enumerate(states) if s.origin is not None}
        wanted, facts = self._at_once, self._facts
        if not wanted or not all(one in numbers and one in facts for one in wanted):
            return
        self._at_once = ()
        self._studies.show(numbers[wanted[0]])
        for one in self.candidates:
            self.tick(one.scan, any(states[numbers[s]].scan is one.scan for s in wanted))
        self.start()


def _lines(groups: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """All lines, each once."""
    return tuple(dict.fromkeys(line for lines in groups for line in lines))


def _all_facts(series: list[Series]) -> Job[tuple["StackFacts", ...]]:
    from srviewer.sr.stacks.joinable.facts import stack_facts

    found = []
    for number, one in enumerate(series):
        span = number / len(series), (number + 1) / len(series)
        found.append((yield from within(stack_facts(one), *span)))
    return tuple(found)


def _with_warnings(job: Job[Joined], lines: tuple[str, ...]) -> Job[Joined]:
    """Run ``job``; notes that the user has seen on the stacks stand among its warnings."""
    made = yield from job
    return replace(made, warnings=tuple(dict.fromkeys((*lines, *made.warnings))))
