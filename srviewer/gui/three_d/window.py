"""The window in which the scan and its result are seen in 3D, side by side under one camera."""

from dataclasses import replace
from weakref import WeakSet

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from srviewer import RESEARCH_USE_ONLY
from srviewer.core.geometry.grid import Geometry
from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.export_location import ask_file, proposed
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.values import value_text
from srviewer.gui.three_d.controls import CUT_TITLES, MODE_TITLES, Controls
from srviewer.gui.three_d.drawing_link import DrawingLink
from srviewer.gui.three_d.message_page import MessagePage
from srviewer.gui.three_d.notes import sampling_note
from srviewer.gui.three_d.pane import VolumePane
from srviewer.gui.three_d.picture import picture_of, write_picture
from srviewer.gui.widgets.form import button, label
from srviewer.study.state.view_in_3d import ViewIn3D
from srviewer.three_d.availability import is_installed
from srviewer.three_d.camera import Camera, Side, camera_for
from srviewer.three_d.look import Look
from srviewer.three_d.picking import picked
from srviewer.three_d.presets import PRESETS
from srviewer.three_d.scene import Drawn, Picture, Scene

REST = 250  # ms without a change, after which the picture is drawn finely
MOST_PANES = 2


class ThreeDWindow(QDialog):
    """Scan and result in 3D. It follows the study that is shown, and stays open beside the slices.

    Attributes:
        panes: Of the scan and of the result.
        camera: From where both are seen; None while nothing is.
        link: The drawing process.
    """

    def __init__(self, study: ShownStudy, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlags(
            Qt.WindowType.Window
            | Qt.WindowType.WindowCloseButtonHint
            | Qt.WindowType.WindowMaximizeButtonHint
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._study = study
        self.camera: Camera | None = None
        self.link = DrawingLink(self)
        self.panes = tuple(VolumePane() for _ in range(MOST_PANES))
        self.controls = Controls()
        self.message = MessagePage()
        self.save = button(tr("Save a picture\u2026"), tr("Write the panes as a PNG image"))
        self.copy = button(tr("Copy"), tr("Copy the panes as a picture (Ctrl+C)"))
        self.copy.setShortcut("Ctrl+C")
        self.status = label("", "muted")
        self._volumes: tuple[Volume, ...] = ()
        self._measured = True  # the slices of what was handed over
        self._number = 0
        self._held = False
        self._geometry: Geometry | None = None
        self._seen: WeakSet[Volume] = WeakSet()  # scans whose settings are those of this window
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._lay_out()
        self._connect()
        self.resize(1160, 660)
        self._follow_volumes()

    @property
    def shown_panes(self) -> tuple[VolumePane, ...]:
        """The panes that have a volume."""
        return self.panes[: max(1, len(self._volumes))]

    @property
    def is_still(self) -> bool:
        """Whether the pictures are the final ones, with nothing under way."""
        return not self.link.busy and not self._rest.isActive()

    def reset(self) -> None:
        """See the whole volume from the front, with nothing cut off."""
        self.controls.set_look(replace(self.controls.look, cut="none", normal=None))
        if self.link.volumes:
            self._see(self._whole(), False)

    def see_from(self, side: Side) -> None:
        """Look from a side of the patient.

        Args:
            side: Its letter.
        """
        if self.camera is not None:
            self._see(self.camera.seen_from(side), False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt. Escape leaves a tool in the panes of slices; it closes no work here."""
        if event.key() == Qt.Key.Key_Escape:
            self.status.setText(tr("Ctrl+W closes this window."))
        else:
            super().keyPressEvent(event)

    # --- what is shown

    def _follow_volumes(self) -> None:
        """Show the volumes of the study that is shown now."""
        scan, result = self._study.scan, self._study.result
        name = tr("no scan is open") if scan is None else visible_line(scan.name)
        self.setWindowTitle(tr("{name} in 3D", name=name))
        volumes = (scan, None if result is None else result.volume)
        shown = tuple(volume for volume in volumes if volume is not None)
        same = len(shown) == len(self._volumes) and all(map(_same, shown, self._volumes))
        if not same or not shown:
            self._load(shown)

    def _load(self, volumes: tuple[Volume, ...]) -> None:
        self._take_settings(volumes)
        measured = self.controls.look.as_measured
        self._volumes, self._measured = volumes, measured
        for number, pane in enumerate(self.panes):
            pane.setVisible(number < max(1, len(volumes)))
            pane.show_nothing()
            pane.show_note("" if volumes else tr("Open a scan to see it in 3D."))
        for control in (self.save, self.copy, self.controls):
            control.setEnabled(bool(volumes))
        if not is_installed():
            self.message.show_missing()
            self._pages.setCurrentWidget(self.message)
            return
        self._pages.setCurrentIndex(0)
        self.link.show_volumes(volumes, measured)

    def _take_settings(self, volumes: tuple[Volume, ...]) -> None:
        """Take the settings that the study was seen with, as one of a session was.

        Of a study that was not seen, the threshold is dropped with another scan. The camera stays
        where the grid is the same, so that open studies can be compared.
        """
        scan, kept = volumes[0] if volumes else None, self._study.state.view_in_3d
        another = self._volumes[:1] != volumes[:1]
        before, self._geometry = self._geometry, None if scan is None else scan.geometry
        fits = before is not None and scan is not None and before.matches(scan.geometry)
        own = scan in self._seen and fits
        if another and scan is not None and kept is not None and not own:
            self.camera = kept.camera
            self.controls.set_look(kept.look)
            return
        if another:
            self.controls.set_look(replace(self.controls.look, threshold=None))
        if not fits:
            self.camera = None
            self.controls.set_look(replace(self.controls.look, cut="none", normal=None))

    def _keep_settings(self) -> None:
        """Note in the study how it is seen, for its session."""
        scan, seen = self._study.scan, ViewIn3D(self.controls.look, self.camera)
        if scan is None or self._volumes[:1] != (scan,):
            return
        self._seen.add(scan)
        if seen != self._study.state.view_in_3d:
            self._study.change(view_in_3d=seen)

    def _take_volumes(self) -> None:
        """The volumes can be drawn now."""
        drawn, scan = self.link.volumes, self._volumes[0]
        self.controls.show_levels(drawn[0].levels, scan.unit)
        if self.camera is None:
            self.camera = self._whole()
        names = (tr("Scan"), tr("Result"))
        for pane, volume, made, name in zip(self.panes, self._volumes, drawn, names, strict=False):
            pane.show_lines((name, *sampling_note(volume.geometry, made.sampling, self._measured)))
        self._draw(False)

    def _whole(self) -> Camera:
        """The camera that sees the whole scan from the front."""
        return camera_for(self.link.volumes[0].corners_mm)

    def _draw(self, moving: bool) -> None:
        """Ask for a picture of what is set; a moving one is followed by a fine one."""
        scene = self._scene()
        self._show_marks()
        if scene is None or self.camera is None:
            return
        self._number += 1
        panes = self.shown_panes
        size = min(pane.pixels for pane in panes)
        self.link.ask(Picture(self._number, self.link.numbers, size, self.camera, scene, moving))
        if moving and not self._held:
            self._rest.start()
        else:
            self._rest.stop()
        if not moving:
            self._keep_settings()

    def _scene(self) -> Scene | None:
        volumes, view = self.link.volumes, self._study.view
        if not volumes:
            return None
        return self.controls.look.scene(volumes[0].levels, view.window, view.cursor_mm)

    def _show_marks(self) -> None:
        """Letters and crosshair of the panes, which need no drawing."""
        volumes, look = self.link.volumes, self.controls.look
        shown = bool(volumes) and look.crosshair
        crosshair = (self._study.view.cursor_mm, volumes[0].corners_mm) if shown else None
        for pane in self.shown_panes:
            pane.camera = self.camera
            pane.show_crosshair(crosshair)

    def _take_picture(self, drawn: Drawn) -> None:
        if drawn.picture.volumes != self.link.numbers:
            return
        for pane, pixels in zip(self.panes, drawn.pixels, strict=False):
            pane.show_picture(pixels, drawn.picture.size, drawn.picture.camera)

    # --- what the user does

    def _see(self, camera: Camera, moving: bool) -> None:
        self.camera = camera
        self._draw(moving)

    def _hold(self, held: bool) -> None:
        self._held = held

    def _change_look(self, moving: bool) -> None:
        self._held = moving
        if self.controls.look.as_measured != self._measured:
            self._load(self._volumes)
            return
        self._draw(moving)

    def _choose_cut(self, cut: str) -> None:
        if self.camera is not None:
            look: Look = self.controls.look
            self.controls.set_look(look.cutting(cut, self.camera))  # type: ignore[arg-type]
            self._draw(False)

    def _pick(self, pane: VolumePane, at_mm: tuple[float, float]) -> None:
        """Set the crosshair to what is seen under the mouse."""
        scene = self._scene()
        if scene is None or pane.seen_from is None:
            return
        volume = self._volumes[self.panes.index(pane)]
        point = picked(volume, pane.seen_from, scene, at_mm)
        if point is not None:
            self._study.move_cursor(point)

    def _push(self, mm: float) -> None:
        """Move the plane that cuts, and the crosshair with it, towards the viewer."""
        normal = self.controls.look.normal
        if normal is None or self.camera is None:
            return
        towards = 1.0 if np.dot(normal, self.camera.back) >= 0 else -1.0
        self._study.move_cursor(
            np.array(self._study.view.cursor_mm) + towards * mm * np.array(normal)
        )

    def _follow_view(self) -> None:
        """The crosshair or the grey levels are others."""
        look = self.controls.look
        if look.normal is not None or (look.mode, look.preset) == ("volume", "grey"):
            self._draw(True)
        else:
            self._show_marks()

    def _fail(self, reason: str) -> None:
        self.message.show_failure(reason)
        self._pages.setCurrentWidget(self.message)

    def _show_status(self, text: str) -> None:
        for pane in self.shown_panes:
            pane.show_note("" if pane.picture is not None else text)

    def _show_quiet(self, text: str) -> None:
        for pane in self.shown_panes:
            pane.show_note(text)

    def _caption(self) -> str:
        look, scan = self.controls.look, self._volumes[0]
        words = [scan.name, tr(MODE_TITLES[look.mode])]
        if look.mode == "volume":
            words.append(next(tr(row.title) for row in PRESETS if row.id == look.preset))
        elif self.link.volumes:
            threshold = look.threshold_of(self.link.volumes[0].levels)
            words.append(f"{value_text(threshold, self._study.auto_window)} {scan.unit}".strip())
        if look.smooth and look.mode == "surface":
            words.append(tr("smoothed"))
        if look.cut != "none":
            words.append(tr(CUT_TITLES[look.cut]))
        return ",  ".join(words)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(picture_of(self.shown_panes, self._caption()))
        self.status.setText(tr("Copied the picture. Research use only."))

    def _save(self) -> None:
        image = picture_of(self.shown_panes, self._caption())
        endings = {tr("PNG image (*.png)"): ".png"}
        proposal = proposed(self._study, "3d", ".png")
        path = ask_file(self._study, self, tr("Save a picture"), proposal, endings)
        if path is None:
            return
        try:
            write_picture(image, path)
        except UserError as error:
            self.status.setText(tr(str(error)))
            return
        self.status.setText(tr("Saved '{name}'.", name=visible_line(path.name)))

    def _stop(self) -> None:
        self._rest.stop()
        self.link.stop()

    # --- the parts

    def _lay_out(self) -> None:
        self._pages, page = QStackedWidget(), QWidget()
        panes = QHBoxLayout()
        panes.setSpacing(2)
        for pane in self.panes:
            panes.addWidget(pane, 1)
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.controls, 1)
        side.addWidget(self.status)
        side.addWidget(self.save)
        side.addWidget(self.copy)
        side.addWidget(label(tr(RESEARCH_USE_ONLY), "research"))
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(12)
        row.addLayout(panes, 1)
        row.addLayout(side)
        side.setContentsMargins(0, 12, 0, 12)
        self._pages.addWidget(page)
        self._pages.addWidget(self.message)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def _connect(self) -> None:
        study, controls, link = self._study, self.controls, self.link
        for pane in self.panes:
            pane.seen.connect(self._see)
            pane.held.connect(self._hold)
            pane.pushed.connect(self._push)
            pane.picked.connect(lambda at_mm, pane=pane: self._pick(pane, at_mm))
            pane.resized.connect(lambda: self._draw(True))
        controls.changed.connect(self._change_look)
        controls.side_chosen.connect(self.see_from)
        controls.cut_chosen.connect(self._choose_cut)
        controls.reset_wanted.connect(self.reset)
        link.loaded.connect(self._take_volumes)
        link.drawn.connect(self._take_picture)
        link.status_changed.connect(self._show_status)
        link.quiet.connect(self._show_quiet)
        link.failed.connect(self._fail)
        self.message.again.connect(lambda: self._load(self._volumes))
        self._rest.timeout.connect(lambda: self._draw(False))
        self.save.clicked.connect(self._save)
        self.copy.clicked.connect(self._copy)
        self.finished.connect(self._stop)
        QShortcut("Ctrl+W", self).activated.connect(self.close)
        study.follow(self._follow_volumes, "scan", "compared_volumes", "result")
        study.follow(self._follow_view, "view")


def _same(one: Volume, other: Volume) -> bool:
    return one is other
