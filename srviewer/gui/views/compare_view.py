"""The compared volumes, in rows of three planes that share one place and one grey scale."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from srviewer.core.comparison.linking import unlinked
from srviewer.core.slices.planes import slice_number
from srviewer.core.slices.rotated_planes import NOT_ROTATED
from srviewer.core.slices.thick_slab import NO_SLAB
from srviewer.gui.appearance import theme
from srviewer.gui.state.followed_state import PREVIEW
from srviewer.gui.state.linked_views import both_shown, link_of
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.offered import Comparable, compared
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.two_studies_text import person_text
from srviewer.gui.views.compare_input import CompareInput
from srviewer.gui.views.drawing.composite import Composite
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.map_overlays import map_overlays
from srviewer.gui.views.ortho_view import Arrangement, OrthoView, Scales
from srviewer.gui.views.score_badges import badge
from srviewer.gui.views.second_study.second_row import SecondRow
from srviewer.gui.views.shared_notes import (
    SharedNotes,
    notes_on_planes,
    oblique_notes,
    rotation_notes,
    shared_notes,
    slab_notes,
)
from srviewer.gui.views.unlinked_rows import LooseRows
from srviewer.study.state.compared_volumes import MOST_SHOWN, NO_RESULT, ORIGINAL
from srviewer.study.state.comparing import FLIP_KEY
from srviewer.study.state.layouts import Layout, find_layout
from srviewer.study.state.rotation_of_study import is_rotated


class CompareView(QWidget):
    """Up to four rows of panes that share cursor, zoom, grey levels and interpolation.

    Attributes:
        rows: The rows; those that are shown come first.
        notes: The line above them, of what is the same in all panes.
    """

    def __init__(self, study: ShownStudy) -> None:
        super().__init__()
        self._study = study
        self.rows: list[OrthoView] = []
        self._linked: list[OrthoView] = []
        self._loose = LooseRows(study, self)
        self._placed: tuple[Any, ...] = ()  # the layout and the rows that are shown
        self._second = None if study.second is None else SecondRow(study, study.second, self)
        self._drawn = study.comparing
        self._noted = NO_SLAB, NOT_ROTATED  # slab and rotation that the notes are about
        self.setProperty("role", "panes")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.notes = SharedNotes()
        self._grid = QGridLayout()
        self._grid.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.notes)
        layout.addLayout(self._grid, 1)
        study.changed.connect(self._follow)
        if self._second is not None:
            self._second.renamed.connect(self.refresh)
            self._second.replaned.connect(self._show_notes)
        self.refresh()

    @property
    def every_row(self) -> list[OrthoView]:
        """All rows, that of the second study last; those that are not shown are hidden."""
        return [*self.rows, *([] if self._second is None else [self._second.row])]

    @property
    def second(self) -> SecondRow | None:
        """The panes of the second study; None where there can be none."""
        return self._second

    @property
    def scan(self) -> OrthoView:
        """The panes of A."""
        return self.rows[0]

    @property
    def result(self) -> OrthoView:
        """The panes of B."""
        return self.rows[1]

    @property
    def layout_shown(self) -> Layout:
        """The layout of the rows."""
        return find_layout(self._study.comparing.layout)

    def refresh(self) -> None:
        """Lay the rows out and give each the volume that it shows."""
        self._drawn = self._study.comparing
        shown = self._shown()
        self._place(self._chosen_rows(shown))
        for row, entry in zip(self.rows, shown, strict=False):
            self._fill(row, entry)
        for row in self.rows[len(shown) :]:
            row.show_volume(None, Line(""), "")  # nothing that was let go is kept alive
        if self._second is not None:
            self._second.refresh()
        self._update_composite()
        self._lay_map()
        self._show_badges()
        self._show_notes()

    def _follow(self, changed: frozenset[str]) -> None:
        """Show changes; those made while an edge is dragged need no new layout."""
        new, old = self._study.comparing, self._drawn
        swapped = (new.layout, new.swapped) != (old.layout, old.swapped)
        if swapped or changed & {"scan", "compared_volumes", "reference", "second_study"}:
            self.refresh()
            return
        self._drawn = new
        if new != old:
            self._lay_map()
            self._update_composite()
        if PREVIEW in changed:
            self._show_preview()
            self._show_notes()
        if changed & {"scores", "view"}:
            self._show_badges()
        view = self._study.view
        if "scores" in changed or (view.thick_slab, view.rotation) != self._noted:
            self._show_notes()

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt; hidden panes have no badges."""
        super().showEvent(event)
        self._show_badges()

    def pair(self) -> tuple[Comparable, ...]:
        """Everything that is compared, A and B first, as they are now swapped or not."""
        shown = compared(self._study.state)
        return (shown[1], shown[0], *shown[2:]) if self._study.comparing.swapped else shown

    def _shown(self) -> tuple[Comparable, ...]:
        """The entries that the rows show, from the top or the left."""
        return self.pair()[:1] if self.layout_shown.rows == "A" else self.pair()

    def _place(self, rows: list[OrthoView]) -> None:
        """Show these rows, laid out anew where other rows or another layout were shown."""
        self.rows = [*rows, *(row for row in self._linked if row not in rows)]
        placed = (self.layout_shown, link_of(self._study).linked, *rows)
        if placed == self._placed:
            return
        for row in self._placed[2:]:
            self._grid.removeWidget(row)
            row.hide()
        self._placed = placed
        self._arrange(len(rows))

    def _chosen_rows(self, shown: Sequence[Comparable]) -> list[OrthoView]:
        """Rows are made when they are first needed; a volume that is not linked has its own."""
        while len(self._linked) < max(2, len(shown)):
            row = OrthoView(self._study)
            row.setParent(self)  # one that is never shown must go with this view too
            row.hide()  # Qt shows a child along with its parent, over the rows that are laid out
            for pane in row.panes.values():
                CompareInput(pane)
            self._linked.append(row)
        spare = iter(self._linked)
        return [self._loose.row(entry) if self._reason(entry) else next(spare) for entry in shown]

    def _arrange(self, count: int) -> None:
        beside = self.layout_shown.direction == "across"
        inner, scales = Arrangement[self.layout_shown.arrangement.upper()], Scales()
        for number, row in enumerate(self.rows[:count]):
            row.arrange(inner, scales)
            self._grid.addWidget(row, 0 if beside else number, number if beside else 0)
            row.show()
        if self._second is not None and self.layout_shown.second_study:
            self._second.arrange(inner, scales)
            self._grid.addWidget(self._second.row, 0, count)
            self._second.row.show()
            count += 1
        elif self._second is not None:
            self._grid.removeWidget(self._second.row)
            self._second.row.hide()
        # An empty row keeps its stretch, so that each place is set, not only the used ones.
        for number in range(MOST_SHOWN):
            used = number < count
            self._grid.setRowStretch(number, 1 if used and (number == 0 or not beside) else 0)
            self._grid.setColumnStretch(number, 1 if used and (number == 0 or beside) else 0)

    def _fill(self, row: OrthoView, entry: Comparable) -> None:
        preview = self._study.preview
        if entry.key == NO_RESULT and preview is not None and not self.layout_shown.composite:
            row.show_preview(preview)
        else:
            row.show_volume(entry.volume, self._role(entry), entry.hint)

    def _show_preview(self) -> None:
        for row, entry in zip(self.rows, self._shown(), strict=False):
            if entry.key == NO_RESULT:
                self._fill(row, entry)

    def _update_composite(self) -> None:
        composite = self._composite()
        for row in self.rows:
            row.show_composite(composite if row is self.rows[0] else None)

    def _lay_map(self) -> None:
        """Lay the chosen map over the current result, and over nothing else."""
        overlays, current = map_overlays(self._study), self._study.compared_volumes.current
        composite = self._composite()
        keys = [entry.key for entry in self._shown()]
        over_second = composite is not None and self.pair()[1].key == current
        if over_second:
            keys = [current]
        if composite is not None and composite.colour_bar() is not None:
            keys = []  # a difference has colours of its own
        for row, key in zip_longest(self.rows, keys):
            row.show_overlays(overlays if key == current else (), over_second)

    def _composite(self) -> Composite | None:
        base, other = self.pair()[:2] if len(self.pair()) > 1 else (None, None)
        if not self.layout_shown.composite or not base or not other or not self._overlays(other):
            return None
        study = self._study
        assert other.volume is not None and study.scan is not None
        span = study.difference_span()
        names = (base.name, other.name)
        return Composite(other.volume, names, study.comparing, span, study.scan.unit)

    def _overlays(self, other: Comparable) -> bool:
        return other.volume is not None and not self._reason(other)

    def _reason(self, entry: Comparable) -> str:
        """Why an entry is not linked; "" where it is."""
        scan = self._study.scan
        return tr(unlinked(entry.volume, scan)) if entry.volume and scan else ""

    def _role(self, entry: Comparable) -> Line:
        """The name of an entry, or of two that lie over each other, for its panes."""
        words, colour = entry.name, theme.TEXT if entry.key == ORIGINAL else theme.ACCENT
        pair = self.pair()
        if self.layout_shown.second_study and self._second is not None:
            return self._second.title_of_current(entry, colour)
        if self.layout_shown.composite and len(pair) > 1:
            if self._overlays(pair[1]):
                words = f"{words}  {self.layout_shown.sign}  {pair[1].name}"
            return Line(words, theme.TEXT, bold=True)
        if "flip" in self.layout_shown.controls and len(pair) > 1:
            words = tr("{a}   (hold {key}: {b})", a=words, key=FLIP_KEY, b=self._held_back().name)
        return Line(words, colour, bold=True)

    def _held_back(self) -> Comparable:
        """The entry that pressing the key shows; while it is pressed, the one that comes back."""
        return self.pair()[1]

    def _show_badges(self) -> None:
        view = self._study.view
        for row, entry in zip(self.rows, self._shown(), strict=False):
            scored = self._judged() if self.layout_shown.composite else entry
            if scored.volume is None:
                continue
            for plane, pane in row.panes.items():
                if pane.isVisible() and pane.slice is not None:
                    number = slice_number(scored.volume.geometry, plane, view.cursor_mm)
                    unscored = view.thick_slab.shown or is_rotated(self._study.state)
                    lines = () if unscored else badge(scored, plane, number)
                    pane.show_badge(lines)

    def _show_notes(self) -> None:
        shown = self.pair()[:2] if self.layout_shown.composite else self._shown()
        referenced = self._study.reference is not None
        slab, _ = self._noted = self._study.view.thick_slab, self._study.view.rotation
        rotated = rotation_notes(shown, self._study.state)
        notes = shared_notes(shown, referenced, self._previewed(shown))
        oblique = () if rotated else oblique_notes(shown)
        if self._second is not None and both_shown(self._study):
            names = self._second.pair.names
            rotated = notes_on_planes((*rotated, *oblique), names, self._second.state)
            oblique = ()
        of_slab = () if is_rotated(self._study.state) else slab_notes(shown, slab, self._study.scan)
        self.notes.show_notes(
            (
                *self._two_people(),
                *self._not_composed(),
                *rotated,
                *self._not_linked(is_rotated(self._study.state)),
                *of_slab,
                *notes,
                *oblique,
            )
        )

    def _two_people(self) -> tuple[Line, ...]:
        """A note on a second study that is not known to be of the same person."""
        two = None if self._second is None else self._second.pair.two
        if two is None or not self.layout_shown.second_study:
            return ()
        colour = theme.WARNING if two.person == "another" else theme.TEXT
        text = person_text(two)
        return (Line(text, colour),) if text else ()

    def _not_composed(self) -> tuple[Line, ...]:
        """A note on a composite that shows A alone."""
        pair = self.pair()
        if not self.layout_shown.composite or len(pair) < 2 or self._overlays(pair[1]):
            return ()
        other = pair[1]
        reason = other.hint.split("\n")[0] if other.volume is None else self._reason(other)
        notice = tr("{a} alone. {b}: {reason}", a=pair[0].name, b=other.name, reason=reason)
        return (Line(notice, theme.WARNING),)

    def _not_linked(self, rotated: bool) -> tuple[Line, ...]:
        """Notes on the volumes in rows of their own, which follow neither crosshair nor planes."""
        if self.layout_shown.composite:
            return ()
        note = mark("{name}: {reason}")
        if rotated:
            note = mark("{name}: {reason}, its planes are not rotated along")
        reasons = [(entry.name, self._reason(entry)) for entry in self._shown()]
        return tuple(
            Line(tr(note, name=name, reason=reason), theme.WARNING)
            for name, reason in reasons
            if reason
        )

    def _previewed(self, shown: Sequence[Comparable]) -> bool:
        """Whether slices of a result that is being computed are on the screen."""
        waiting = any(entry.key == NO_RESULT for entry in shown)
        return waiting and self._study.preview is not None and not self.layout_shown.composite

    def _judged(self) -> Comparable:
        """Which of the two that lie over each other the badge is about."""
        pair = self.pair()[:2]
        scored = (entry for entry in pair if entry.scores)
        results = (entry for entry in pair if entry.made)
        return next(scored, None) or next(results, None) or pair[-1]
