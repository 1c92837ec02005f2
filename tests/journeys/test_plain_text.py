"""A study whose every name is markup: no panel, dialog, menu or tooltip draws it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from PySide6.QtCore import QAbstractListModel
from PySide6.QtCore import Qt as Core
from PySide6.QtGui import QAction, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QMenu,
    QMessageBox,
    QTabBar,
    QTextBrowser,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from srviewer.core.regions.roi import boxed
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import ScanWarning
from srviewer.errors import UserError
from srviewer.gui.dialogs.bids_dialog import BidsDialog
from srviewer.gui.dialogs.dicom_dialog import DicomDialog
from srviewer.gui.dialogs.figure_dialog import FigureDialog
from srviewer.gui.dialogs.mip_dialog import MipDialog
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.menus.window_arrangements import NamedLayouts
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.training.runs import State
from srviewer.gui.widgets.plain_text import MarkupLabel, set_tip
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.formats import scan
from srviewer.io.targets import target
from srviewer.job import run
from srviewer.study.state.layouts import LAYOUTS
from training_tab import page_of, prepare, press, started

Until = Callable[[Callable[[], bool]], None]
MARK = "<b>x<b><img src='pixel.png'>&amp;"  # of a file's name, which has no "/"
LONG = f"<b>x</b><img src='file:///etc/p.png'>&amp;\n\x1b[2J\u202e{'w' * 300}"
STEERING = "\x1b\u202e\x07\x9b"


def _tips(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.whatsThis(), widget.statusTip())
    for action in widget.actions():
        yield from (action.toolTip(), action.whatsThis())
    if isinstance(widget, QComboBox | QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
        for row in range(model.rowCount()):
            for column in range(columns):
                tip = model.index(row, column).data(Core.ItemDataRole.ToolTipRole)
                yield str(tip or "")
    if isinstance(widget, QTabBar):
        yield from map(widget.tabToolTip, range(widget.count()))
    if isinstance(widget, QGraphicsView) and widget.scene() is not None:
        yield from (item.toolTip() for item in widget.scene().items())


def _drawn(widget: QWidget) -> Iterator[str]:
    """Texts that are, or would be taken for, a stranger's markup."""
    formatted = isinstance(widget, QLabel | QMessageBox)
    if formatted and widget.textFormat() is Core.TextFormat.AutoText:
        yield from (text for text in (widget.text(),) if Qt.mightBeRichText(text))
    if isinstance(widget, QMessageBox):
        assert widget.informativeText() == ""
    pages = [widget.text()] if isinstance(widget, MarkupLabel) else []
    pages += [widget.toHtml()] if isinstance(widget, QTextBrowser | QTextEdit) else []
    if isinstance(widget, QGraphicsView) and widget.scene() is not None:
        items = widget.scene().items()
        pages += [item.toHtml() for item in items if isinstance(item, QGraphicsTextItem)]
    yield from (page for page in pages if "<img" in page)


def _all(root: QWidget) -> list[QWidget]:
    """A window and everything in it, menus filled as if they were open."""
    for menu in root.findChildren(QMenu):
        if menu.parentWidget().isVisible() or isinstance(menu.parentWidget(), QMenu):
            menu.aboutToShow.emit()
    QApplication.processEvents()
    return [root, *root.findChildren(QWidget)]


def _rich(root: QWidget) -> list[str]:
    """What would be drawn as markup."""
    found = []
    for widget in _all(root):
        found += [tip for tip in _tips(widget) if Qt.mightBeRichText(tip)]
        found += _drawn(widget)
    return found


def _steered(root: QWidget) -> set[str]:
    """Texts with control characters."""
    texts = []
    for widget in _all(root):
        text = getattr(widget, "text", None)
        texts += [str(text())] if callable(text) else []
        texts += [widget.windowTitle(), widget.accessibleName(), widget.accessibleDescription()]
        texts += [action.text() for action in widget.actions()]
        texts += _tips(widget)
        texts += [widget.toPlainText()] if isinstance(widget, QTextBrowser) else []
    return {text for text in texts if set(text) & set(STEERING)}


def test_markup_that_would_be_drawn_is_found(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    QLabel(LONG, root).setToolTip(LONG)
    root.addAction(QAction(LONG, root))
    assert len(_rich(root)) == 3
    assert _steered(root)
    other = QWidget()
    qtbot.addWidget(other)
    set_tip(other, LONG)
    assert _rich(other) == []


@pytest.fixture
def marked(window: MainWindow, thick_file: Path, until: Until) -> MainWindow:
    """The window with a study whose file, scan, unit, warnings and history hold markup."""
    place = thick_file.with_name(f"{MARK}.nii.gz")
    thick_file.rename(place)
    window.open([place])
    study = window.study
    until(lambda: study.scan is not None)
    scan = study.scan
    assert scan is not None
    warnings = (ScanWarning("odd", LONG), ScanWarning("oblique", LONG))
    odd = replace(scan, name=LONG, unit=LONG, modality=LONG, warnings=warnings, history=(LONG,))
    study.open(odd, study.sources, None)
    return window


def test_no_name_of_a_study_is_drawn_as_markup(
    marked: MainWindow, truth_file: Path, until: Until, tmp_path: Path
) -> None:
    window, study = marked, marked.study
    assert _rich(window) == [] and _steered(window) == set()
    mask = tmp_path / f"mask {MARK}.nii.gz"
    mask.write_bytes(truth_file.read_bytes())
    window.controller.load_reference(mask)
    study.acknowledge()
    window.controller.reconstructing.start()
    until(lambda: study.scores is not None)
    look = window.panels.findChild(LookPanel)
    assert isinstance(look, LookPanel)
    look.overlays.load(mask)
    until(lambda: len(study.overlays) == 1)
    study.set_overlays(
        tuple(replace(one, volume=replace(one.volume, name=LONG)) for one in study.overlays)
    )
    assert study.scan is not None
    corner = study.scan.geometry.middle_voxel
    opposite = tuple(one + 12.0 for one in corner)
    study.set_rois([boxed("ellipse", Plane.AXIAL, study.scan.geometry, [corner, opposite], LONG)])
    for kept in study.compared_volumes.kept:
        study.keep(study.compared_volumes.renamed(kept.key, LONG))
    assert isinstance(window.housekeeping.layouts_menu.layouts, NamedLayouts)
    window.housekeeping.layouts_menu.layouts.save(MARK)
    for layout in LAYOUTS:
        window.arrange(layout.id)
        QApplication.processEvents()
    for index in range(window.panels.count()):
        window.panels.setCurrentIndex(index)
        assert _rich(window) == [] and _steered(window) == set()
    window.error_bar.show_error(LONG, UserError(LONG))
    window.statusBar().showMessage("")
    assert _rich(window) == [] and _steered(window) == set()
    assert window.windowTitle().startswith("<b>x</b><img")


def test_no_dialog_draws_a_name_as_markup(
    marked: MainWindow, two_series: Path, until: Until
) -> None:
    for path in two_series.glob("*.dcm"):
        data = pydicom.dcmread(path)
        data.SeriesDescription = "<b>x</b><img src='file:///etc/p.png'>"
        data.PatientName = data.PatientID = "<i>y</i><img src='file:///p.png'>"
        data.save_as(path)
    (two_series / f"{MARK}.nii").write_bytes(b"no image")
    dialogs: list[QDialog] = [
        FigureDialog(marked.study, marked),
        MipDialog(marked.study, marked),
        BidsDialog(marked.controller, marked),
        DicomDialog(marked.study, target("dicom"), marked),
        SeriesPicker(run(scan([two_series])), marked),
    ]
    for dialog in dialogs:
        dialog.open()
        assert _rich(dialog) == [] and _steered(dialog) == set()
        dialog.reject()
    housekeeping = marked.housekeeping
    for show in (
        housekeeping.show_preferences,
        housekeeping.show_shortcuts,
        housekeeping.show_about,
        housekeeping.show_guide,
    ):
        show()
        assert housekeeping.dialog is not None and _rich(housekeeping.dialog) == []
    marked.studies.choice = None
    marked.dropping.take(marked.study.sources)
    question = marked.dropping.question
    assert question is not None and MARK in question.text() and _rich(question) == []
    question.reject()
    for path in two_series.glob("s2_*"):
        path.unlink()
    marked.studies.next = "add"
    marked.controller.open([two_series])
    until(lambda: len(marked.studies.states) == 2)
    marked.header.show()
    header = marked.header.window
    assert header is not None
    until(lambda: header.model.total > 20)
    header.table.selectRow(header.model.rowCount() - 1)
    assert _rich(header) == [] and _steered(header) == set()
    assert _rich(marked) == [] and _steered(marked) == set()


def test_no_name_of_a_training_run_is_drawn_as_markup(
    window: MainWindow, panel: TrainPanel, people: Path, until: Until, qtbot: QtBot
) -> None:
    for path in people.iterdir():
        path.rename(path.with_name(f"{path.name.split('.')[0]}{MARK}.nii"))
    prepare(panel, people, until, f"run {MARK}", 100_000)
    assert _rich(window) == []
    made = started(panel, qtbot)
    until(lambda: len(made.entries) > 2)
    assert page_of(window).isVisible()
    assert _rich(window) == []
    press(qtbot, panel.run_list.stop)
    until(lambda: made.state is State.STOPPED)
    assert _rich(window) == []
