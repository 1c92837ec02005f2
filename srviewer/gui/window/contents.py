"""All that is in the window: puts views, panels and bars together, takes what is dropped on it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.visible_text import visible, visible_line
from srviewer.gui.menus.actions import Actions
from srviewer.gui.menus.export_actions import ExportActions
from srviewer.gui.menus.figure_actions import FigureActions
from srviewer.gui.menus.header_actions import HeaderActions
from srviewer.gui.menus.levels_menu import LevelsMenu
from srviewer.gui.menus.mask_actions import MaskActions
from srviewer.gui.menus.pane_menu import PaneMenu
from srviewer.gui.menus.recent_menu import RecentMenu
from srviewer.gui.menus.tables.specs import MAIN_BAR, MOUSE_BAR
from srviewer.gui.menus.three_d_actions import ThreeDActions
from srviewer.gui.menus.time_actions import TimeActions
from srviewer.gui.menus.view_actions import LookActions
from srviewer.gui.panels.info.info_panel import InfoPanel
from srviewer.gui.panels.look.cine import Cine
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.panels.mask.mask_panel import MaskPanel
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.constant_scan_notice import ConstantScanNotice
from srviewer.gui.study.exported_bar import ExportedBar
from srviewer.gui.study.second_studies import SecondStudies
from srviewer.gui.study.skipped_files import SkippedFilesNotice
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.study.time_steps import TimeSteps
from srviewer.gui.texts.translation import tr
from srviewer.gui.user_files.recent_files import Recent
from srviewer.gui.views.compare_view import CompareView
from srviewer.gui.views.score_plot import ScorePlot
from srviewer.gui.widgets.dropped_files import DropTarget
from srviewer.gui.widgets.notice import ErrorBar
from srviewer.gui.window.bars.compare_bar import CompareBar
from srviewer.gui.window.bars.join_offer import JoinOffer
from srviewer.gui.window.bars.second_study_bar import SecondStudyBar
from srviewer.gui.window.bars.status import DeviceLabel, StatusBar
from srviewer.gui.window.bars.study_tabs import TabRow
from srviewer.gui.window.bars.time_bar import TimeBar
from srviewer.gui.window.bars.time_curve import TimeCurve
from srviewer.gui.window.closing import Closing
from srviewer.gui.window.dropping import Dropping
from srviewer.gui.window.empty_page import EmptyPage
from srviewer.gui.window.frame import TITLE
from srviewer.gui.window.housekeeping import Housekeeping
from srviewer.gui.window.opening import Opening
from srviewer.gui.window.scan_actions import ScanActions
from srviewer.gui.window.side_panels import SidePanels
from srviewer.gui.window.thumbnails.series_drag import DropPlace
from srviewer.gui.window.thumbnails.series_places import series_places
from srviewer.gui.window.thumbnails.thumbnail_strip import ThumbnailStrip
from srviewer.gui.window.window_actions import WindowActions
from srviewer.gui.window.window_state import WindowState
from srviewer.study.state.layouts import PLANES


class Contents(QObject):
    """Fills ``window``. ``settings`` keeps what is remembered between runs."""

    def __init__(self, window: QMainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self.recent = Recent(settings)
        self.study = ShownStudy(window)
        self.studies = OpenStudies(self.study, window)
        self.controller = StudyController(self.studies, window)
        self.actions_offered = Actions(window, self.study)
        self.error_bar = ErrorBar()
        self.exported_bar = ExportedBar()
        self.seconds = SecondStudies(self.controller, window)  # its links come before the panes
        self.compare = CompareView(self.study)
        self.compare_bar = CompareBar(self.controller)
        self.second_bar = SecondStudyBar(self.seconds, self.actions_offered)
        self.thumbnails = ThumbnailStrip(self.seconds, self._places_of_series)
        self.plot = ScorePlot(self.study)
        self.steps = TimeSteps(self.controller, window)
        self.time_bar = TimeBar(self.controller, self.steps)
        self.time_curve = TimeCurve(self.controller, self.steps)
        # Both belong to the splitter and the window at once: what changes its parent is styled
        # again with all that is inside.
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        window.setCentralWidget(self.splitter)
        self._middle = QWidget(self.splitter)
        self.panels = SidePanels(self.controller, self.splitter)
        self._empty = EmptyPage()
        self.opening = Opening(self.controller, self.recent, window)
        self.housekeeping = Housekeeping(
            window, self.controller, settings, self.recent, self.error_bar, self.actions_offered
        )
        self.closing = Closing(self.controller, self.actions_offered, window)
        self._left_out = SkippedFilesNotice(self.controller, self.error_bar, window)
        self._training: QWidget | None = None  # made when its tab is first chosen
        self._lay_out()
        self.housekeeping.arrange(self.splitter, self.panels)
        for name, panel in self.panels.panels.items():
            self.actions_offered.repeat_on(panel, name)
        look = self.panels.panels["look"]
        assert isinstance(look, LookPanel)
        self.dropping = Dropping(self.controller, look.overlays, self.closing, window)
        self._take_drops(look)
        self._connect_actions(look.cine)
        self._fill_tool_bars()
        window.setStatusBar(StatusBar(self.controller))
        self._connect()
        self._left_out.notify(window.statusBar())
        self.state = WindowState(
            settings, window, self.splitter, self.panels, self.thumbnails, self.study
        )

    def begin(self) -> None:
        """Take up the sizes of the last window, once all is styled, and show the first page."""
        self.state.restore()
        self.arrange(PLANES)
        self._show_page()

    def arrange(self, layout: str) -> None:
        """Choose the layout of the comparison.

        Args:
            layout: Its id, as in ``study.state.layouts``.
        """
        self.study.compare(replace(self.study.comparing, layout=layout))

    def focus_pane(self) -> None:
        """Give the keyboard to the pane that had it last, so that keys without Ctrl work again."""
        target, second = self.actions_offered.looked_at.target, self.compare.second
        row = second.row if second is not None and target is not self.study else self.compare.scan
        pane = row.panes[target.active]
        pane = pane if pane.isVisible() else row.panes[target.main_plane]
        if pane.isVisible():
            pane.setFocus()

    def leave(self) -> None:
        """Stop what runs and remember the window; the next one offers the work that was open."""
        self.controller.work.stop()
        self.header.close()
        self.three_d.close()
        self.opening.leave()
        self.thumbnails.stop()
        self.state.remember()
        self.housekeeping.end()

    def _lay_out(self) -> None:
        self._pages, page = QStackedWidget(), QWidget()
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setCollapsible(0, False)
        self.splitter.setHandleWidth(3)
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.error_bar)
        column.addWidget(self.exported_bar)
        column.addWidget(self.closing.bar)
        column.addWidget(self._left_out.bar)
        column.addWidget(self.housekeeping.autosave.bar)
        column.addWidget(self.housekeeping.hint)
        column.addWidget(self._pages, 1)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(page)
        beside = QHBoxLayout(page)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(2)
        layout = QVBoxLayout()
        layout.setSpacing(2)
        beside.addWidget(self.thumbnails)
        beside.addLayout(layout, 1)
        self.tabs = TabRow(self.studies, self.closing, self.actions_offered)
        layout.addWidget(self.tabs)
        layout.addWidget(JoinOffer(self.controller))
        layout.addWidget(self.time_bar)
        layout.addWidget(ConstantScanNotice(self.study))
        layout.addWidget(self.compare_bar)
        layout.addWidget(self.second_bar)
        layout.addWidget(self.compare, 1)
        layout.addWidget(self.time_curve)
        layout.addWidget(self.plot)
        for pressed in self._middle.findChildren(QAbstractButton):
            pressed.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the keys stay with the panes

    def _take_drops(self, look: LookPanel) -> None:
        dropping = self.dropping
        DropTarget(self._window, dropping.sentence, dropping.take, self._framed)
        DropTarget(self.tabs, dropping.sentence_beside, dropping.take_beside)
        DropTarget(look.overlay_box, dropping.sentence_over, dropping.take_over)

    def _places_of_series(self) -> tuple[DropPlace, ...]:
        return series_places(self.compare, self.seconds)

    def _framed(self) -> QWidget:
        """What is framed while files are held over the window: the panes, if there are any."""
        return self.compare if self.compare.isVisible() else self._pages

    def _connect_actions(self, cine: Cine) -> None:
        actions, controller = self.actions_offered, self.controller
        self.exports = ExportActions(self._window, controller, actions)
        ScanActions(self._window, controller, self.opening, actions)
        FigureActions(self._window, controller, (self.compare, self.plot), actions)
        LookActions(self._window, self.study, cine, actions)
        in_time = TimeActions(self._window, controller, self.steps, actions)
        self.time_bar.movie_wanted.connect(in_time.choose_movie)
        actions.connect_action("time-curve", lambda on: self.time_bar.curve.setChecked(on))
        self.time_bar.curve_wanted.connect(actions["time-curve"].setChecked)
        self.time_bar.curve_wanted.connect(self.time_curve.want)
        info = self.panels.panels["info"]
        assert isinstance(info, InfoPanel)
        self.header = HeaderActions(self._window, controller, info, actions)
        mask = self.panels.panels["mask"]
        assert isinstance(mask, MaskPanel)
        MaskActions(self._window, mask, actions)
        self.three_d = ThreeDActions(self._window, self.study, actions)
        RecentMenu(actions.menu("recent"), controller, self.recent)
        LevelsMenu(actions)
        WindowActions(self._window, self.panels, actions)
        actions.connect_action("thumbnails", self.thumbnails.want)
        self.thumbnails.wanted_changed.connect(actions["thumbnails"].setChecked)
        self.pane_menu = PaneMenu(self._window, self.study, actions)
        self.second_menu = PaneMenu(self._window, self.studies.second, actions)

    def _fill_tool_bars(self) -> None:
        bar = _tool_bar(tr("Tools"), "tools", 20)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._window.addToolBar(bar)
        self.actions_offered.fill_tool_bar(bar, MAIN_BAR)
        mouse = _tool_bar(tr("Mouse and pane"), "mouse", 18)
        self._window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, mouse)
        self.actions_offered.fill_tool_bar(mouse, MOUSE_BAR)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(spacer)
        bar.addWidget(DeviceLabel(self.controller))

    def _connect(self) -> None:
        controller, study = self.controller, self.study
        self._empty.open_wanted.connect(self.opening.choose_files)
        self._empty.folder_wanted.connect(self.opening.choose_folder)
        self._empty.sample_wanted.connect(self.opening.open_sample)
        controller.reconstructing.done_elsewhere.connect(self._note_reconstructed)
        controller.opened.connect(self._note_opened)
        controller.exporting.exported.connect(self._note_exported)
        controller.exporting.refused_elsewhere.connect(self._note_refused_elsewhere)
        self.exported_bar.scan_wanted.connect(self._open_exported)
        self.exported_bar.failed.connect(self.error_bar.show_error)
        controller.failed.connect(self.error_bar.show_error)
        controller.training.started.connect(self.error_bar.hide)
        study.follow(self._show_scan, "scan")
        self.panels.currentChanged.connect(self._show_page)
        study.follow(self._show_result, "result")

    def _note_opened(self, paths: Sequence[Path]) -> None:
        self.recent.add(paths)
        self.error_bar.hide()

    def _note_exported(self, path: Path) -> None:
        self.error_bar.hide()
        self.exported_bar.add(path, tr(self.controller.exporting.remarks.pop(path, "")))

    def _open_exported(self, path: Path) -> None:
        self.studies.next = "add"
        self.controller.open([path])

    def _note_refused_elsewhere(self, path: Path) -> None:
        remark = tr(
            "Its slices are tilted, and programs built on ITK (3D Slicer, ITK-SNAP, ANTs) will "
            "refuse it: for them, press Straighten the tilt and reconstruct."
        )
        self.exported_bar.add_remark(path, remark)

    def _note_reconstructed(self, name: str) -> None:
        self._tell(tr("'{name}' was reconstructed; the result is in its tab.", name=name))

    def _tell(self, text: str) -> None:
        self._window.statusBar().showMessage(visible(text), 8000)

    def _show_page(self) -> None:
        """The training page beside its tab, else the scan."""
        panel = self.panels.panels[self.panels.shown]
        self.actions_offered.show_panes(not isinstance(panel, TrainPanel))
        if not isinstance(panel, TrainPanel):
            self._pages.setCurrentIndex(0 if self.study.scan is None else 1)
            return
        if self._training is None:
            self._training = panel.page()
            self._pages.addWidget(self._training)
        self._pages.setCurrentWidget(self._training)

    def _show_scan(self) -> None:
        scan = self.study.scan
        if self._pages.currentWidget() is self._training:
            self.panels.setCurrentIndex(0)  # who opens a scan wants to see it
        self._show_page()
        self._window.setWindowTitle(
            TITLE if scan is None else f"{visible_line(scan.name)} \u2013 {TITLE}"
        )
        # The keys for slices work at once; those of the bar go on from volume to volume.
        if not self.time_bar.isAncestorOf(self._window.focusWidget()):
            self.compare.scan.panes[self.study.main_plane].setFocus()

    def _show_result(self) -> None:
        if self.study.result is not None:
            self.error_bar.hide()


def _tool_bar(title: str, name: str, icon: int) -> QToolBar:
    bar = QToolBar(title)
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setIconSize(QSize(icon, icon))
    return bar
