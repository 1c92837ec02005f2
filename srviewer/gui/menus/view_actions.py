"""Slots of the actions for looking and measuring."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from srviewer.core.slices.rotated_planes import NOT_ROTATED, patient_rotation
from srviewer.core.slices.thick_slab import MEASURED_MEAN, NO_SLAB
from srviewer.gui.dialogs.mip_dialog import MipDialog
from srviewer.gui.menus.actions import Actions
from srviewer.gui.menus.tables.look_menu import COLOURS
from srviewer.gui.menus.tables.measure_menu import TOOL
from srviewer.gui.menus.tables.view_menu import LAYOUT, MAIN, SLAB
from srviewer.gui.panels.look.cine import Cine
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.study.state.rotation_of_study import rotated_clockwise

STEP_DEGREES = 1.0  # of a key


class LookActions(QObject):
    """Connects these actions of ``window``."""

    def __init__(
        self, window: QMainWindow, study: ShownStudy, cine: Cine, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._study, self._cine = window, study, cine
        self._actions = actions
        actions.connect_group(LAYOUT, self._arrange)
        actions.connect_group(COLOURS, lambda name: self._target.set_colours(name))
        actions.connect_group(TOOL, study.set_tool)
        actions.connect_group(MAIN, study.set_main)
        actions.connect_group(SLAB, lambda kind: self._set_slab(kind=kind, shown=True))
        for name, slot in (
            ("smooth", study.set_smooth),
            ("radiological", study.set_radiological),
            ("reset", lambda: self._target.reset_view()),
            ("inverted", lambda on: self._target.set_inverted(on)),
            ("crosshair", study.set_crosshair),
            ("header-text", study.set_header_text),
            ("slab-shown", lambda shown: self._set_slab(shown=shown)),
            ("slab-thicker", lambda: self._step_slab(1)),
            ("slab-thinner", lambda: self._step_slab(-1)),
            ("slab-slices", self._measure_slices),
            ("oblique-patient", self._align_to_patient),
            ("oblique-plain", lambda: self._target.rotate_planes(NOT_ROTATED)),
            ("oblique-clockwise", lambda: self._rotate_planes(STEP_DEGREES)),
            ("oblique-anticlockwise", lambda: self._rotate_planes(-STEP_DEGREES)),
            ("rotate-right", lambda: self._target.turn(lambda turn: turn.rotated(1))),
            ("rotate-left", lambda: self._target.turn(lambda turn: turn.rotated(-1))),
            ("flip-sides", lambda: self._target.turn(lambda turn: turn.flipped(False))),
            ("flip-upside-down", lambda: self._target.turn(lambda turn: turn.flipped(True))),
            ("play", cine.toggle),
            ("projection", self._show_projection),
        ):
            actions.connect_action(name, slot)
        study.follow(self._show, "tool")
        cine.changed.connect(self._show)
        self._show()

    def _arrange(self, layout: str) -> None:
        self._study.compare(replace(self._study.comparing, layout=layout))

    @property
    def _target(self) -> ShownStudy:
        """The study whose pane had the keyboard last: it has a view of its own."""
        return self._actions.looked_at.target

    def _measure_slices(self, on: bool) -> None:
        self._target.set_thick_slab(MEASURED_MEAN if on else NO_SLAB)

    def _set_slab(self, **fields: object) -> None:
        slab = self._target.view.thick_slab
        self._target.set_thick_slab(replace(slab, **fields))  # type: ignore[arg-type]

    def _step_slab(self, steps: int) -> None:
        scan, slab = self._target.scan, self._target.view.thick_slab
        if scan is not None:
            self._target.set_thick_slab(slab.stepped(scan.geometry, steps))

    def _align_to_patient(self) -> None:
        study = self._target
        if study.scan is not None:
            study.rotate_planes(patient_rotation(study.scan.geometry))

    def _rotate_planes(self, degrees: float) -> None:
        study = self._target
        study.set(rotated_clockwise(study.state, study.active, degrees))

    def _show_projection(self) -> None:
        dialog = MipDialog(self._study, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show(self) -> None:
        self._actions.check(TOOL, self._study.tool)
        self._actions["play"].setChecked(self._cine.playing)
