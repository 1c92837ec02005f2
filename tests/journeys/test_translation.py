"""Everything that the window shows is in the user's language: here one of brackets."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyqtgraph
import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMenu,
    QSpinBox,
    QTabBar,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from srviewer.core.regions.roi import boxed
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import ScanWarning
from srviewer.errors import UserError
from srviewer.gui.appearance.application import application
from srviewer.gui.dialogs.bids_dialog import BidsDialog
from srviewer.gui.dialogs.dicom_dialog import DicomDialog
from srviewer.gui.dialogs.figure_dialog import FigureDialog
from srviewer.gui.dialogs.header_window import HeaderWindow
from srviewer.gui.dialogs.mip_dialog import MipDialog
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.state.tool import Tool
from srviewer.gui.three_d.window import ThreeDWindow
from srviewer.gui.training.runs import State
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.widgets.form import ElidedLabel
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.formats import scan
from srviewer.io.targets import target
from srviewer.job import run
from srviewer.nn.plans.presets import PRESETS
from srviewer.sr.models.available_models import available_models
from srviewer.study.state.layouts import LAYOUTS, TWO_STUDIES
from training_tab import page_of, prepare, press, started

Until = Callable[[Callable[[], bool]], None]


class Brackets(QTranslator):
    """Says every text in brackets: what comes out without them was never given to Qt."""

    def translate(self, context: str, text: str, comment: str | None = None, n: int = -1) -> str:
        # Qt asks for the side from which the language is written; names of keys are compared.
        return text if text in ("QT_LAYOUT_DIRECTION",) or context == "QShortcut" else f"«{text}»"

    def isEmpty(self) -> bool:
        return False


# Not English: what is the same in every language, and what the user's own data say.
SAME = (
    r'pip install "srviewer\[3d\]"',  # a command
    r"\b(mm²?|cm|ml|px|dpi|dB|min|MB|HU)\b",  # units
    r"\b(PSNR|SSIM|MAE|RAS)\b",  # names of metrics and of a coordinate system
    r"\b(srviewer|CSV|float\d+|int\d+|MR)\b",  # names of programs and formats; as DICOM has it
    r"\b(Ctrl|Shift|Alt|Return|Esc|Del|Tab|Space|F\d+)\b",  # as they stand on the keys
    r"\b(auto|cpu|cuda|mps)\b",  # how torch names what computes
    r"(/[\w.-]+)+",  # paths
    r"\bsub-\d+(_T\dw)?\b",  # people
    r"\btest_\w+",  # folders of this test
    r"\b(thick|thin|truth|phantom|mine)(\.\w+)*\b( \(\d\))?",  # files, scans, runs of this test
)
INNERMOST = re.compile(r"«[^«»]*»")
# Whole documents in English, licences, the file's own header, technical words of a plan.
DOCUMENTS = ("Guide", "Parts", "Model card", "Header", "Error details")


@cache
def _same() -> re.Pattern[str]:
    """What is the same in every language; names of models and presets, too."""
    named = sorted((one.name for one in (*available_models(), *PRESETS)), key=len, reverse=True)
    return re.compile("|".join((*map(re.escape, named), *SAME)))


def _bare(text: str) -> str:
    """What of ``text`` is not in brackets and is a word of a language."""
    rest = re.sub(r"<[^>]*>|&\w+;", " ", text)
    while INNERMOST.search(rest):
        rest = INNERMOST.sub(" ", rest)
    rest = _same().sub(" ", rest)
    return " ".join(re.findall(r"[^\W\d_]{2,}", rest))


def _of_model(model: QAbstractItemModel | None) -> Iterator[str]:
    if model is None:
        return
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(model.rowCount()):
        for column in range(columns):
            yield from (str(model.index(row, column).data(role) or "") for role in roles)
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")


def _of_action(action: QAction) -> Iterator[str]:
    yield from (action.text(), action.iconText(), action.toolTip(), action.statusTip())


def _of_plot(plot: pyqtgraph.PlotWidget) -> Iterator[str]:
    for side in ("left", "bottom", "right", "top"):
        yield plot.getAxis(side).labelText
    for item in plot.getPlotItem().items:
        if isinstance(item, pyqtgraph.TextItem):
            yield item.toPlainText()


def _of_pane(pane: SliceView) -> Iterator[str]:
    notes = pane.annotations
    for line in (*notes.top_left, *notes.top_right, *notes.bottom_left):
        yield line.text
    yield notes.hint
    yield from (shape.text for shape in notes.shapes)
    if notes.divider is not None:
        yield from notes.divider.names


def _of_text(widget: QWidget) -> Iterator[str]:
    """What a control says by itself; what a user types is the user's."""
    text = getattr(widget, "text", None)
    if isinstance(widget, ElidedLabel):
        yield widget.full
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    elif isinstance(widget, QAbstractSpinBox):
        if isinstance(widget, QSpinBox | QDoubleSpinBox):
            yield from (widget.prefix(), widget.suffix(), widget.specialValueText())
    elif isinstance(widget, QTextBrowser):
        yield widget.toPlainText()
    elif isinstance(widget, QMenu):
        yield widget.title()
    elif callable(text):
        yield str(text())


def _texts(widget: QWidget) -> Iterator[str]:
    yield from (widget.windowTitle(), widget.toolTip(), widget.statusTip())
    yield from (widget.accessibleName(), widget.accessibleDescription(), widget.whatsThis())
    for action in widget.actions():
        yield from _of_action(action)
    if any(name in widget.accessibleName() for name in DOCUMENTS):
        return
    yield from _of_text(widget)
    if isinstance(widget, QComboBox | QAbstractItemView):
        yield from _of_model(widget.model())
    elif isinstance(widget, QTabBar):
        for number in range(widget.count()):
            yield from (widget.tabText(number), widget.tabToolTip(number))
    elif isinstance(widget, pyqtgraph.PlotWidget):
        yield from _of_plot(widget)
    elif isinstance(widget, SliceView):
        yield from _of_pane(widget)


def _spoken(root: QWidget) -> set[str]:
    """Everything that a window says, menus filled as if they were open."""
    for menu in root.findChildren(QMenu):
        if menu.parentWidget().isVisible() or isinstance(menu.parentWidget(), QMenu):
            menu.aboutToShow.emit()
    QApplication.processEvents()
    return {
        text for one in (root, *root.findChildren(QWidget)) for text in _texts(one) if text.strip()
    }


def _english(root: QWidget) -> str:
    """Each text with words that are in no brackets, after these words; "" for none."""
    texts = _spoken(root)
    assert texts
    return "\n".join(sorted(f"{_bare(text)} <- {text[:160]!r}" for text in texts if _bare(text)))


@pytest.fixture
def brackets() -> Iterator[None]:
    """Before the window is made: texts are translated when they are shown first."""
    app = application()
    made = Brackets()
    app.installTranslator(made)
    yield
    app.removeTranslator(made)


def test_words_that_were_never_translated_are_found(brackets: None, qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    QLabel("Plain words", root)
    QLabel("«a «thick» scan»  4.00 mm  thick.nii.gz", root).setToolTip("«Open» (Ctrl+O)")
    assert _english(root) == "Plain words <- 'Plain words'"


def test_everything_about_a_study_is_in_the_users_language(
    brackets: None,
    window: MainWindow,
    until: Until,
    thick_file: Path,
    truth_file: Path,
    tmp_path: Path,
) -> None:
    assert _english(window) == ""
    window.open([thick_file])
    until(lambda: window.study.scan is not None)
    study = window.study
    assert study.scan is not None and study.request is not None
    odd = replace(study.scan, warnings=(ScanWarning("oblique", "Something is odd."),))
    study.open(odd, study.sources, None)
    assert _english(window) == ""
    window.controller.load_reference(truth_file)
    window.controller.reconstructing.start()
    until(lambda: study.scores is not None)
    corner = odd.geometry.middle_voxel
    opposite = tuple(one + 12.0 for one in corner)
    roi = boxed("ellipse", Plane.AXIAL, odd.geometry, [corner, opposite], "")
    study.set_rois([roi])
    study.set_tool(Tool.DISTANCE)
    study.compare(replace(study.comparing, map="residual"))
    for layout in LAYOUTS:
        window.arrange(layout.id)
        QApplication.processEvents()
        assert _english(window) == ""
    window.error_bar.show_error("", UserError("Something is wrong."))
    assert _english(window) == ""
    assert len(_spoken(window)) > 300


def test_two_studies_are_in_the_users_language(
    brackets: None, opened: MainWindow, until: Until, truth_file: Path
) -> None:
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2)
    opened.arrange(TWO_STUDIES)
    for link in (opened.contents.seconds.join_positions, opened.contents.seconds.link_by_headers):
        link()
        QApplication.processEvents()
        assert _english(opened) == ""
    opened.actions_offered["thumbnails"].trigger()
    QApplication.processEvents()
    assert _english(opened) == ""


def test_every_dialog_is_in_the_users_language(
    brackets: None, opened: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    housekeeping = opened.housekeeping
    for show in (
        housekeeping.show_preferences,
        housekeeping.show_shortcuts,
        housekeeping.show_about,
        housekeeping.show_guide,
    ):
        show()
        assert housekeeping.dialog is not None
        assert _english(housekeeping.dialog) == ""
    others: list[QDialog] = [
        FigureDialog(opened.study, opened),
        MipDialog(opened.study, opened),
        BidsDialog(opened.controller, opened),
        DicomDialog(opened.study, target("dicom"), opened),
        HeaderWindow(opened.controller, opened),
        ThreeDWindow(opened.study, opened),
        SeriesPicker(run(scan(list(opened.study.sources))), opened),
    ]
    for dialog in others:
        dialog.open()
        assert _english(dialog) == ""
        dialog.reject()
    opened.studies.choice = None
    opened.dropping.take(opened.study.sources)
    assert opened.dropping.question is not None
    assert _english(opened.dropping.question) == ""
    opened.dropping.question.reject()


def test_a_training_run_is_in_the_users_language(
    brackets: None,
    window: MainWindow,
    panel: TrainPanel,
    people: Path,
    until: Until,
    qtbot: QtBot,
) -> None:
    prepare(panel, people, until, "mine", 100_000)
    panel.setup.split.clear()
    assert _english(window) == ""
    panel.setup.add([people])
    until(lambda: bool(panel.setup.split.train))
    run = started(panel, qtbot)
    until(lambda: len(run.entries) > 3)
    assert page_of(window).isVisible()
    assert _english(window) == ""
    press(qtbot, panel.run_list.stop)
    until(lambda: run.state is State.STOPPED)
    assert _english(window) == ""
