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
        actions.connect_group(COLOURS, study.set_colours)
        actions.connect_group(TOOL, study.set_tool)
        actions.connect_group(MAIN, study.set_main)
        actions.connect_group(SLAB, lambda kind: self._set_slab(kind=kind, shown=True))
        for name, slot in (
            ("smooth", study.set_smooth),
            ("radiological", study.set_radiological),
            ("reset", study.reset_view),
            ("inverted", study.set_inverted),
            ("crosshair", study.set_crosshair),
            ("header-text", study.set_header_text),
            ("slab-shown", lambda shown: self._set_slab(shown=shown)),
            ("slab-thicker", lambda: self._step_slab(1)),
            ("slab-thinner", lambda: self._step_slab(-1)),
            ("slab-slices", lambda on: study.set_thick_slab(MEASURED_MEAN if on else NO_SLAB)),
            ("oblique-patient", self._align_to_patient),
            ("oblique-plain", lambda: study.rotate_planes(NOT_ROTATED)),
            ("oblique-clockwise", lambda: self._rotate_planes(STEP_DEGREES)),
            ("oblique-anticlockwise", lambda: self._rotate_planes(-STEP_DEGREES)),
            ("rotate-right", lambda: study.turn(lambda turn: turn.rotated(1))),
            ("rotate-left", lambda: study.turn(lambda turn: turn.rotated(-1))),
            ("flip-sides", lambda: study.turn(lambda turn: turn.flipped(False))),
            ("flip-upside-down", lambda: study.turn(lambda turn: turn.flipped(True))),
            ("play", cine.toggle),
            ("projection", self._show_projection),
        ):
            actions.connect_action(name, slot)
        study.follow(self._show, "tool")
        cine.changed.connect(self._show)
        self._show()

    def _arrange(self, layout: str) -> None:
        self._study.compare(replace(self._study.comparing, layout=layout))

    def _set_slab(self, **fields: object) -> None:
        slab = self._study.view.thick_slab
        self._study.set_thick_slab(replace(slab, **fields))  # type: ignore[arg-type]

    def _step_slab(self, steps: int) -> None:
        scan, slab = self._study.scan, self._study.view.thick_slab
        if scan is not None:
            self._study.set_thick_slab(slab.stepped(scan.geometry, steps))

    def _align_to_patient(self) -> None:
        if self._study.scan is not None:
            self._study.rotate_planes(patient_rotation(self._study.scan.geometry))

    def _rotate_planes(self, degrees: float) -> None:
        study = self._study
        study.set(rotated_clockwise(study.state, study.active, degrees))

    def _show_projection(self) -> None:
        dialog = MipDialog(self._study, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show(self) -> None:
        self._actions.check(TOOL, self._study.tool)
        self._actions["play"].setChecked(self._cine.playing)
