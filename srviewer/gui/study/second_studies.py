"""Shows another open study beside the current one, and links, aligns and opens it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.linked_views import LinkedViews, both_shown, link_of
from srviewer.gui.state.shown_pair import ShownPair
from srviewer.gui.study.study_controller import OPEN, StudyController
from srviewer.gui.texts.translation import tr
from srviewer.io.scans.series import Series
from srviewer.study.opening import opened, prepared
from srviewer.study.state.layouts import COMPARE, PLANES, TWO_STUDIES, find_layout
from srviewer.study.state.origin import Origin
from srviewer.study.state.second_study import StudyLink, second_of
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import Point
from srviewer.study.two_studies import TwoStudies, two_studies

if TYPE_CHECKING:
    from srviewer.sr.stacks.alignment import Alignment

ALIGN, OPEN_SECOND = "align", "open second study"  # jobs


class SecondStudies(QObject):
    """The choice of the second study, which is never scored, and its link with the current one."""

    changed = Signal()  # another second study, another link, or another state of the alignment

    def __init__(self, controller: StudyController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._studies = controller, controller.studies
        self.study, self.second = controller.studies.study, controller.studies.second
        self._pair = ShownPair(self.study)
        LinkedViews(self.study, self.second, self)
        self.study.follow(self._bring, "scan", "second_study", "comparing")
        self._studies.changed.connect(self._bring)
        self.second.follow(self._leave_alignment, "scan")
        self.study.follow(self._leave_alignment, "scan")
        controller.work.changed.connect(self.changed)

    # --- what is shown

    @property
    def candidates(self) -> tuple[StudyState, ...]:
        """The open studies that can be shown beside the current one, in the order of the tabs."""
        return tuple(state for state in self._studies.states if state.scan is not self.study.scan)

    @property
    def shown(self) -> bool:
        """Whether two studies are shown beside each other."""
        return both_shown(self.study)

    @property
    def two(self) -> TwoStudies | None:
        """What is known of both studies; None while there is no second one."""
        return self._pair.two

    @property
    def names(self) -> tuple[str, str]:
        """The names of both studies, which differ."""
        return self._pair.names

    def choose(self, scan: Volume) -> None:
        """Show an open study beside the current one.

        Args:
            scan: Its scan.
        """
        state = next((state for state in self.candidates if state.scan is scan), None)
        if state is None:
            return
        chosen = self.study.state.second_study
        if chosen is None or chosen.scan is not scan:
            self.study.change(second_study=second_of(scan, self._first_link(state)))
        comparing = self.study.comparing
        if not find_layout(comparing.layout).second_study:
            self.study.compare(replace(comparing, layout=TWO_STUDIES))

    def _first_link(self, state: StudyState) -> StudyLink:
        """The link that the other study has with the current one, else that by the headers."""
        known = state.second_study
        if known is not None and known.scan is self.study.scan:
            return known.link.inverted
        return two_studies(self.study.state, state).link

    def leave(self) -> None:
        """Show the current study alone."""
        layout = COMPARE if self.study.result is not None else PLANES
        self.study.compare(replace(self.study.comparing, layout=layout))

    # --- series of the files of the current study

    def show_series(self, series: Series) -> None:
        """Show a series beside the current study; it is opened in a tab where it is not open.

        Args:
            series: Of the files of the current study.
        """
        state = open_state(self.candidates, series)
        if state is not None and state.scan is not None:
            self.choose(state.scan)
            return

        def show(made: StudyState) -> None:
            self._studies.surround((), (made,))
            assert made.scan is not None
            self.choose(made.scan)

        self._open(OPEN_SECOND, series, show)

    def open_alone(self, series: Series) -> None:
        """Show a series in its tab, or open it in one.

        Args:
            series: Of the files of the current study.
        """
        state = open_state(self._studies.states, series)
        if state is not None:
            self._show(state)
        else:
            self._open(OPEN, series, self._studies.add)

    def show_left(self, series: Series) -> None:
        """Show a series in the place of the current study, with the same second study.

        Args:
            series: Of the files of the current study.
        """
        here, right = self.study.scan, self.second.scan

        def show(made: StudyState) -> None:
            if made.scan is not self.study.scan:
                self._studies.add(made)
            beside = here if made.scan is right else right  # the second one: both change places
            if beside is not None and beside is not made.scan:
                self.choose(beside)

        state = open_state(self._studies.states, series)
        if state is None:
            self._open(OPEN, series, show)
            return
        self._show(state)
        show(self.study.state)

    def _show(self, state: StudyState) -> None:
        """Bring the tab of a study to the front."""
        scans = [open_study.scan for open_study in self._studies.states]
        self._studies.show(scans.index(state.scan))

    def _open(self, kind: str, series: Series, show: Callable[[StudyState], None]) -> None:
        """Read a series and show its study; a second study only while the same one is current."""
        origin, here = self.study.state.origin, self.study.scan
        if origin is None:
            return
        paths, found = origin.paths, origin.found

        def take(volume: Volume) -> None:
            device = self.study.preferred_device
            new = Origin(paths, series, 0, found)
            show(opened(volume, self.study.state, device, new, series.sources))

        self._controller.work.start(
            kind,
            tr("Opening {name}", name=series.name),
            prepared(series.read(0)),
            take,
            lambda: kind == OPEN or self.study.scan is here,
        )

    def _bring(self) -> None:
        """Show the chosen study; where the user chose none, the next of the tabs."""
        chosen = self.study.state.second_study
        beside = find_layout(self.study.comparing.layout).second_study
        if chosen is None and beside and self.candidates:
            scan = self._next().scan
            assert scan is not None
            self.choose(scan)  # which comes back here
            return
        scans = {state.scan for state in self.candidates}
        scan = None if chosen is None or chosen.scan not in scans else chosen.scan
        self._studies.show_second(scan)
        self.changed.emit()

    def _next(self) -> StudyState:
        states = self._studies.states
        return states[(self._studies.current + 1) % len(states)]

    # --- the link

    @property
    def link(self) -> StudyLink:
        """The link of both studies."""
        return link_of(self.study)

    @property
    def offset_mm(self) -> Point:
        """The shift of the middle of the current scan by the link, along R, A and S, mm."""
        scan = self.study.scan
        return (0.0, 0.0, 0.0) if scan is None else self.link.offset_mm(scan.geometry)

    def set_linked(self, linked: bool) -> None:
        """Let the views follow each other, or not.

        Args:
            linked: Where nothing says that the positions can be compared, the user says so.
        """
        two, link = self.two, self.link
        if two is None:
            return
        by_hand = linked and link.source == "header" and not two.comparable
        source = "hand" if by_hand else link.source
        self._set(replace(link, linked=linked, source=source))

    def set_offset(self, offset_mm: Point) -> None:
        """Set the shift of the link by hand.

        Args:
            offset_mm: As ``offset_mm``.
        """
        scan = self.study.scan
        if scan is not None and self.two is not None:
            self._set(self.link.with_offset(scan.geometry, offset_mm))

    def join_positions(self) -> None:
        """Link both studies so that the positions of their crosshairs belong together."""
        if self.two is not None:
            here, there = self.study.view.cursor_mm, self.second.view.cursor_mm
            self._set(self.link.joining(here, there))

    def link_by_headers(self) -> None:
        """Forget what was set or found: take the positions of the headers."""
        if self.two is not None:
            self._set(self.two.link)

    def align(self) -> None:
        """Find the rigid motion between both studies by registration, as a job."""
        from srviewer.sr.stacks.alignment import aligned  # lazy, for a quick start

        first, second = self.study.scan, self.second.scan
        if first is None or second is None:
            return

        def keep(found: "Alignment") -> None:
            link = StudyLink().with_motion(found.motion, "registration")
            self._set(replace(link, kept=not found.moved, coarse=not found.refined))

        self._controller.work.start(
            ALIGN,
            tr("Aligning {name}", name=second.name),
            aligned(first, second),
            keep,
            lambda: self.study.scan is first and self.second.scan is second,
            scan=first,
        )

    @property
    def aligning(self) -> bool:
        """Whether they are being aligned."""
        return self._controller.work.running(ALIGN) is not None

    def _set(self, link: StudyLink) -> None:
        chosen = self.study.state.second_study
        if chosen is not None:
            self.study.change(second_study=chosen.linked_by(link))

    def _leave_alignment(self) -> None:
        """Cancel an alignment of another pair."""
        self._controller.work.cancel(ALIGN)


def open_state(states: Sequence[StudyState], series: Series) -> StudyState | None:
    """The open study of a series.

    Args:
        states: Open studies.
        series: A series of the listing that a study came from.

    Returns:
        The first of its volumes that is open; None where none is.
    """
    return next(
        (state for state in states if state.origin is not None and is_same(state.origin, series)),
        None,
    )


def is_same(origin: Origin, series: Series) -> bool:
    """Whether a study is of a series, which may have been listed twice.

    Args:
        origin: Of the study.
        series: The series.

    Returns:
        True for the same number, uid and files.
    """
    known = origin.series
    return known is series or (
        (known.uid, known.index, known.sources) == (series.uid, series.index, series.sources)
    )
