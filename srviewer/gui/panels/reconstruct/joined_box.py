"""The stacks of a joined result: their scores as left out, their motion, their weights."""

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from srviewer.gui.study.stack_places import show_places
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.joined_card import (
    LEFT_OUT_MEANING,
    left_out_cells,
    short_names,
    slice_cells,
    stack_facts_text,
)
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import button, describe, label
from srviewer.gui.widgets.small_table import SmallTable
from srviewer.sr.results.maps import LEFT_OUT
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.places import has_moved
from srviewer.sr.stacks.result import left_out_of

COLUMNS = (mark("Left out, dB"), mark("joined"), mark("cubic"), mark("single"))
SLICE_COLUMNS = (mark("Slice"), mark("moved, mm"), mark("turned, \u00b0"))
SLICES_MEANING = mark(
    "How far the furthest voxel of a slice is moved, 0.5 mm and more, and how far the slice is "
    "turned, against its place in its stack. Blind to motion while a slice was taken, and to parts "
    "of the body that move by themselves: a slice has one place."
)
PLACES_TIP = mark("Below the scan, on the grid of the result: by the header, and as it was found")


class JoinedBox(QWidget):
    """Lists the stacks of the current result; hidden where it is no join.

    The row that is chosen is the stack whose curves and residual are shown.
    """

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self.table = SmallTable(
            [tr(title) for title in COLUMNS],
            tr("Stacks of the joined result"),
            tr("PSNR in dB of each stack as predicted from the others; a click chooses the stack"),
            stretched=0,
        )
        self._meaning = label(tr(LEFT_OUT_MEANING), "muted")
        self._facts = label("", "plain")
        self.slices = SmallTable(
            [tr(title) for title in SLICE_COLUMNS],
            tr("Slices that have moved"),
            tr("How far each slice of the chosen stack was found from its place in the stack"),
            stretched=0,
        )
        self._slices_meaning = label(tr(SLICES_MEANING), "muted")
        self.places = button(tr("Show it on this grid"), tr(PLACES_TIP))
        self.residual = QCheckBox(tr("Residual over the slices"))
        describe(
            self.residual,
            self.residual.text(),
            tr("What the other stacks predict for the chosen one minus what was measured in it"),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(6)
        motion = self.slices, self._slices_meaning
        for widget in (self.table, self._facts, *motion, self.places, self.residual):
            layout.addWidget(widget)
        layout.addWidget(self._meaning)
        self.table.currentCellChanged.connect(self._choose)
        self.places.clicked.connect(self._show_places)
        self.residual.clicked.connect(self._show_residual)
        self._study.follow(self._show, "result", "comparing")
        controller.studies.changed.connect(self._show_places_at_hand)
        self._show()

    @property
    def joined(self) -> Joined | None:
        """The current result, where it is a join."""
        result = self._study.result
        return result if isinstance(result, Joined) else None

    @property
    def number(self) -> int:
        """The number of the chosen stack, from 0."""
        joined = self.joined
        return 0 if joined is None else min(self._study.comparing.stack, len(joined.stacks) - 1)

    def _show(self) -> None:
        joined = self.joined
        self.setVisible(joined is not None)
        if joined is None:
            return
        table = self.table
        table.blockSignals(True)
        names = short_names([stack.name for stack in joined.stacks])
        table.fill(
            [
                ((name, *left_out_cells(stack.left_out)), stack.name)
                for name, stack in zip(names, joined.stacks, strict=True)
            ]
        )
        table.setCurrentCell(self.number, 0)
        table.selectRow(self.number)
        table.blockSignals(False)
        self._facts.setText(stack_facts_text(joined, self.number))
        moved = slice_cells(joined.stacks[self.number].slices)
        self.slices.fill([(cells, "") for cells in moved])
        self.slices.setVisible(bool(moved))
        self._slices_meaning.setVisible(bool(moved))
        known = left_out_of(joined, self.number) is not None
        self._meaning.setVisible(any(stack.left_out for stack in joined.stacks))
        self.residual.setVisible(known)
        self.residual.setChecked(self._study.comparing.map == LEFT_OUT.id)
        self._show_places_at_hand()

    def _show_places_at_hand(self) -> None:
        joined = self.joined
        if joined is None:
            return
        stack = joined.stacks[self.number]
        is_reference = self.number == joined.request.reference
        is_open = self._controller.joining.scan_of(joined, self.number) is not None
        self.places.setVisible(not is_reference)
        self.places.setEnabled(is_open)
        self.places.setText(
            tr("Before and after its motion") if has_moved(stack) else tr("Show it on this grid")
        )
        closed = tr("Open '{name}' in a tab to see it here.", name=stack.name)
        describe(self.places, self.places.text(), tr(PLACES_TIP) if is_open else closed)

    def _choose(self, row: int) -> None:
        if row >= 0:
            self._study.compare(replace(self._study.comparing, stack=row))

    def _show_places(self) -> None:
        joined = self.joined
        if joined is not None:
            show_places(self._controller, joined, self.number)

    def _show_residual(self, shown: bool) -> None:
        kind = LEFT_OUT.id if shown else ""
        self._study.compare(replace(self._study.comparing, map=kind))
