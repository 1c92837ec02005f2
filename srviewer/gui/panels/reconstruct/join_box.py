"""The stacks of other tabs that can be joined with the one that is shown, and the settings."""

from dataclasses import replace
from weakref import ref

from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import Volume
from srviewer.gui.study.joining import Candidate
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import (
    button,
    choice,
    describe,
    form,
    label,
    millimetres_box,
    set_entries,
)
from srviewer.gui.widgets.notice import Notice
from srviewer.gui.widgets.plain_text import menu_text
from srviewer.sr.stacks.request import COARSEST_MM, FINEST_MM

GRIDS = (
    ("reference", mark("This stack")),
    ("union", mark("All stacks")),
)
START_TIP = mark("Make one volume of these stacks; it becomes a result of the stack that is shown")
METHODS = (("cross-plane", mark("The model above")), ("cubic", mark("Cubic B-spline")))


class JoinBox(QWidget):
    """Ticks stacks and starts the join; hidden while no other tab holds a stack."""

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._controller, self._study = controller, controller.study
        self._joining = controller.joining
        self._rows: tuple[tuple[ref[Volume], QCheckBox], ...] = ()  # closed scans are let go
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self._reference = label("", "muted")
        self.refused = Notice("note", tr("Stacks that cannot be joined"))
        self._grid = choice(tr("Extent"), tr("The field of view of the joined volume"))
        self._method = choice(tr("From"), tr("How each stack is made thin before it is joined"))
        self._isotropic = QCheckBox(tr("Isotropic voxels"))
        self._spacing = millimetres_box()
        self._register = QCheckBox(tr("Move stacks that have moved"))
        self.motion = QCheckBox(tr("Move single slices that have moved"))
        self.doubts = Notice("warning", tr("What differs between the stacks"))
        self.read = QCheckBox(tr("I have read this: join them all the same"))
        self._notes = Notice("note", tr("Notes on these stacks"))
        self.start = button(tr("Join"), tr(START_TIP))
        self._obstacle = label("", "muted")
        self._describe()
        self._lay_out()
        self._connect()
        self._show()

    @property
    def ticks(self) -> tuple[QCheckBox, ...]:
        """The boxes of the stacks that can be joined."""
        return tuple(box for _, box in self._rows)

    def _describe(self) -> None:
        describe(
            self._isotropic,
            tr("Isotropic voxels"),
            tr("Voxels of one size along all axes; else those of a reconstruction of this stack"),
        )
        describe(self._spacing, tr("Voxel size"), tr("Size of the isotropic voxels in mm"))
        self._spacing.setRange(FINEST_MM, COARSEST_MM)
        self._spacing.setKeyboardTracking(False)
        describe(
            self._register,
            self._register.text(),
            tr("Where the stacks themselves show that one moved; else the headers say where it is"),
        )
        describe(
            self.motion,
            self.motion.text(),
            tr(
                "Where the other stacks show that the slices of a stack moved against each other, "
                "as of a child before birth; it takes several times as long"
            ),
        )
        describe(self.read, self.read.text(), tr("Allow the join in spite of what differs"))
        set_entries(self._grid, [(tr(text), grid) for grid, text in GRIDS], None)
        set_entries(self._method, [(tr(text), method) for method, text in METHODS], None)

    def _lay_out(self) -> None:
        rows = form()
        rows.addRow(tr("Extent"), self._grid)
        rows.addRow(tr("From"), self._method)
        voxels = QHBoxLayout()
        voxels.addWidget(self._isotropic, 1)
        voxels.addWidget(self._spacing)
        doubts = self.doubts.layout()
        assert doubts is not None
        doubts.addWidget(self.read)
        line = QFrame()
        line.setProperty("role", "line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(line)
        layout.addWidget(label(tr("JOIN STACKS"), "heading"))
        layout.addWidget(self._reference)
        layout.addLayout(self._list)
        layout.addWidget(self.refused)
        layout.addLayout(rows)
        layout.addLayout(voxels)
        layout.addWidget(self._register)
        layout.addWidget(self.motion)
        layout.addWidget(self.doubts)
        layout.addWidget(self._notes)
        layout.addWidget(self.start)
        layout.addWidget(self._obstacle)

    def _connect(self) -> None:
        self._joining.changed.connect(self._show)
        self._controller.work.changed.connect(self._show_start)
        for box in (self._grid, self._method):
            box.activated.connect(self._edit)
        for tick in (self._isotropic, self._register, self.motion):
            tick.clicked.connect(self._edit)
        self._spacing.valueChanged.connect(self._edit)
        self.read.clicked.connect(self._joining.acknowledge)
        self.start.clicked.connect(self._joining.start)

    def _show(self) -> None:
        joining, scan = self._joining, self._study.scan
        self.setVisible(bool(joining.candidates) and scan is not None)
        self._show_stacks([one for one in joining.candidates if not one.fit.refused])
        if scan is None or not joining.candidates:
            return
        self._reference.setText(tr("Onto '{name}', which is shown, with:", name=scan.name))
        refused = (one.fit.refused for one in joining.candidates if one.fit.refused)
        self.refused.show_text(tuple(dict.fromkeys(refused)))
        self._show_settings()
        self.doubts.show_text(joining.doubts)
        self.read.setChecked(joining.acknowledged)
        self._notes.show_text(joining.notes)
        self._show_start()

    def _show_stacks(self, candidates: list[Candidate]) -> None:
        """A row for each stack; rows stay while the stacks do, and so keep the focus."""
        if [id(one.scan) for one in candidates] != [id(kept()) for kept, _ in self._rows]:
            for _, box in self._rows:
                self._list.removeWidget(box)
                box.hide()  # at once: it is deleted only when nothing else is to be done
                box.deleteLater()
            self._rows = tuple((ref(one.scan), self._row(one.scan)) for one in candidates)
        for one, (_, box) in zip(candidates, self._rows, strict=True):
            box.setChecked(one.ticked)

    def _row(self, scan: Volume) -> QCheckBox:
        box = QCheckBox(menu_text(visible_line(scan.name)))
        describe(box, scan.name, tr("Join this stack"))
        kept = ref(scan)
        box.clicked.connect(lambda ticked: self._tick(kept, ticked))
        self._list.addWidget(box)
        return box

    def _tick(self, kept: ref[Volume], ticked: bool) -> None:
        scan = kept()
        if scan is not None:
            self._joining.tick(scan, ticked)

    def _show_settings(self) -> None:
        settings = self._joining.settings
        self._grid.setCurrentIndex(self._grid.findData(settings.grid))
        self._method.setCurrentIndex(self._method.findData(settings.method))
        self._register.setChecked(settings.register == "rigid")
        self.motion.setChecked(settings.motion == "slices")
        self._isotropic.setChecked(settings.spacing_mm is not None)
        self._spacing.setEnabled(settings.spacing_mm is not None)
        self._spacing.blockSignals(True)
        self._spacing.setValue(settings.spacing_mm or self._finest())
        self._spacing.blockSignals(False)

    def _show_start(self) -> None:
        joining = self._joining
        obstacle = joining.obstacle
        count = len(joining.stacks)
        self.start.setText(tr("Join {count} stacks", count=count) if count > 1 else tr("Join"))
        self.start.setEnabled(not obstacle and self._controller.reconstructing.ready)
        describe(self.start, self.start.text(), tr(START_TIP))
        self._obstacle.setText(obstacle)
        self._obstacle.setVisible(bool(obstacle))

    def _finest(self) -> float:
        scan = self._study.scan
        return 1.0 if scan is None else max(FINEST_MM, round(min(scan.geometry.spacing), 2))

    def _edit(self) -> None:
        self._joining.set(
            replace(
                self._joining.settings,
                grid=self._grid.currentData(),
                method=self._method.currentData(),
                register="rigid" if self._register.isChecked() else "none",
                motion="slices" if self.motion.isChecked() else "none",
                spacing_mm=self._spacing.value() if self._isotropic.isChecked() else None,
            )
        )
