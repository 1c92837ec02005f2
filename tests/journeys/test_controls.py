"""Every control says what it is; the sample opens; the keys of the window work."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QMenuBar,
    QProgressBar,
    QPushButton,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import ScanWarning, Volume
from srviewer.gui.panels.look.levels import Levels
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.intensity_box import IntensityBox
from srviewer.gui.widgets.scrolled import Scrolled
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.layouts import LAYOUTS

Until = Callable[[Callable[[], bool]], None]


def test_every_control_has_a_name_and_a_tooltip(opened: MainWindow) -> None:
    kinds = (QAbstractButton, QComboBox, QProgressBar)
    controls: list[QWidget] = [w for kind in kinds for w in opened.findChildren(kind)]
    own = [w for w in controls if not w.objectName().startswith("qt_") and not _of_qt(w)]
    assert len(own) > 20
    nameless = [w for w in own if not (w.accessibleName() or _text(w))]
    silent = [w for w in own if not w.toolTip()]
    assert nameless == []
    assert silent == []


@pytest.mark.parametrize("scale", [1e27, 1e-9])
def test_number_fields_are_short_whatever_the_intensities_are(
    scale: float, window: MainWindow, until: Until, thick_head: Volume, tmp_path: Path
) -> None:
    for name in ("scan.nii", "map.nii"):
        voxels = (np.asarray(thick_head.voxels) * scale).astype(np.float32)
        nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), tmp_path / name)
    window.open([tmp_path / "scan.nii"])
    until(lambda: window.study.scan is not None)
    window.dropping._overlays.load(tmp_path / "map.nii")
    until(lambda: len(window.study.overlays) == 1)
    boxes = window.findChildren(QAbstractSpinBox)
    assert sum(isinstance(box, IntensityBox) for box in boxes) >= 5
    assert [box.text() for box in boxes if len(box.text()) > 20] == []
    levels = window.findChild(Levels)
    assert levels.width_box.value() == pytest.approx(window.study.view.window.width, rel=1e-5)


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""


def _of_qt(widget: QWidget) -> bool:
    """Scroll buttons of a tab bar and the like, which Qt makes for itself."""
    parent = widget.parentWidget()
    return isinstance(widget, QToolButton) and isinstance(parent, QTabBar | QMenuBar)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1440, 900)])
def test_everything_fits(width: int, height: int, opened: MainWindow) -> None:
    opened.resize(width, height)
    for layout in LAYOUTS:
        opened.arrange(layout.id)
        for index in range(opened.panels.count()):
            opened.panels.setCurrentIndex(index)
            assert (opened.width(), opened.height()) == (width, height)
            page = opened.panels.currentWidget()
            assert isinstance(page, Scrolled)
            panel, room = page.area.widget(), page.area.viewport()
            assert panel.minimumSizeHint().width() <= room.width()


def test_the_button_that_rebuilds_is_in_view_however_much_is_to_be_told(
    opened: MainWindow, qtbot: QtBot
) -> None:
    scan, study = opened.study.scan, opened.study
    assert scan is not None
    told = ScanWarning("oblique", "The slices are oblique. " * 20)
    study.open(replace(scan, warnings=(told,) * 4), (), None)
    page = opened.panels.currentWidget()
    assert isinstance(page, Scrolled)
    bar = page.area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    start = next(b for b in page.findChildren(QPushButton) if b.text() == "Reconstruct")
    for place in (bar.minimum(), bar.maximum()):
        bar.setValue(place)
        whole = start.visibleRegion().boundingRect()
        assert start.isVisible() and whole == start.rect()
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    assert opened.controller.reconstructing.scan is study.scan
    assert not start.isEnabled() and page.findChild(QProgressBar).isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_keys_that_leave_a_number_field_lead_back_to_the_pane(
    key: Qt.Key, opened: MainWindow, qtbot: QtBot, until: Until
) -> None:
    opened.activateWindow()
    coronal = opened.compare.scan.panes[Plane.CORONAL]
    coronal.setFocus()
    until(coronal.hasFocus)
    fields = opened.panels.findChildren(QAbstractSpinBox)
    (slices,) = (field for field in fields if field.accessibleName() == "Slice thickness")
    slices.setFocus()
    slices.selectAll()
    qtbot.keyClicks(slices, "5")
    qtbot.keyClick(slices, key)
    assert QApplication.focusWidget() is coronal
    assert opened.study.request is not None and opened.study.request.thickness_mm == 5.0
    smooth = opened.study.view.smooth
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_I)
    assert opened.study.view.smooth is not smooth


def test_the_layouts_and_switches_work_from_the_keyboard(opened: MainWindow, qtbot: QtBot) -> None:
    for key, layout in (("2", "compare"), ("3", "side-by-side"), ("1", "planes")):
        qtbot.keyClick(opened, key)
        assert opened.compare.layout_shown.id == layout
    smooth = opened.study.view.smooth
    qtbot.keyClick(opened, Qt.Key.Key_I)
    assert opened.study.view.smooth is not smooth


def test_the_window_presets_are_in_the_menu(opened: MainWindow) -> None:
    menu = opened.actions_offered.menu("levels")
    menu.aboutToShow.emit()
    titles = [action.text() for action in menu.actions() if action.isVisible()]
    assert "Automatic" in titles and "CT bone" not in titles
    before = opened.study.view.window
    next(action for action in menu.actions() if action.text() == "Full range").trigger()
    assert opened.study.view.window.high > before.high


def test_a_recent_file_opens_from_its_menu(opened: MainWindow, until: Until) -> None:
    menu = opened.actions_offered.menu("recent")
    before = opened.study.scan
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    until(lambda: opened.study.scan is not before)
    menu.aboutToShow.emit()
    menu.actions()[-1].trigger()
    assert opened.recent.entries() == ()


def test_the_sample_opens_with_its_truth(window: MainWindow, until: Until) -> None:
    window.actions_offered["sample"].trigger()
    until(lambda: window.study.reference is not None)
    scan, reference = window.study.scan, window.study.reference
    assert scan is not None and reference is not None
    assert scan.geometry.thick_axis is not None
    assert reference.meaning == "the sample's own thin truth"
    texts = [one.text() for one in window.panels.findChildren(QLabel)]
    assert "the sample's own thin truth" in texts


def test_every_field_with_decimals_takes_a_point_and_a_comma(window: MainWindow) -> None:
    fields = window.findChildren(QDoubleSpinBox)
    assert len(fields) > 10
    assert [field.accessibleName() for field in fields if not isinstance(field, DecimalBox)] == []


def test_keys_stay_with_the_pane_when_a_button_above_it_is_pressed(
    pane: SliceView, opened: MainWindow, qtbot: QtBot
) -> None:
    bar = opened.housekeeping.autosave.bar
    bar.offer("Your work was kept")
    qtbot.mouseClick(bar.no, Qt.MouseButton.LeftButton)
    assert pane.hasFocus()
    middle = opened.compare.parentWidget().parentWidget()
    buttons = [each for each in middle.findChildren(QAbstractButton) if not _of_qt(each)]
    taking = [each for each in buttons if each.focusPolicy() & Qt.FocusPolicy.ClickFocus]
    assert len(buttons) > 20 and taking == []
