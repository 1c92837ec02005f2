"""To add a layout: one row of LAYOUTS and one function that draws B over A."""

import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication, QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from srviewer.__main__ import main
from srviewer.codec import from_plain, to_plain
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.gui.views.drawing.canvas import Second
from srviewer.gui.views.drawing.composite import COMPOSITES, Composite, Under
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.layouts import LAYOUTS, Layout

ADDED = Layout(
    "red",
    "Red",
    "B in red",
    "palette-outline",
    "9",
    rows="A",
    arrangement="wide",
    composite=True,
    sign="+",
    controls=("tile",),
)


def _red(composite: Composite, under: Under) -> Second:
    image = slice_at(composite.volume, under.plane, under.view.cursor_mm)
    colours = np.full((*image.pixels.shape, 4), (255, 0, 0, 255), np.uint8)
    return Second(colours, QRectF(*image.extent_mm), None, None)


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """LAYOUTS with one more row, wherever it was imported."""
    before = LAYOUTS
    for module in tuple(sys.modules.values()):
        if getattr(module, "LAYOUTS", None) is before:
            monkeypatch.setattr(module, "LAYOUTS", (*before, ADDED))
    monkeypatch.setitem(COMPOSITES, ADDED.id, _red)


def test_the_window_offers_draws_and_keeps_it(
    opened: MainWindow, thin_head_beside: None, qtbot: QtBot
) -> None:
    actions, study = opened.actions_offered, opened.study
    assert actions["layout-red"] in actions.menu("view").actions()
    bar = opened.findChild(QToolBar, "tools")
    button = bar.widgetForAction(actions["layout-red"])
    assert isinstance(button, QToolButton) and button.toolTip() == "Red: B in red (9)"
    qtbot.keyClick(opened, "9")
    QApplication.processEvents()
    pane = opened.compare.scan.panes[Plane.AXIAL]
    middle = pane.picture(1.0).pixelColor(pane.width() // 3, pane.height() // 3)
    assert (middle.red(), middle.green()) == (255, 0)
    assert not opened.compare.result.isVisible()
    bar_shown = opened.compare_bar
    assert bar_shown._tile.isVisible() and not bar_shown._range.isVisible()
    assert from_plain(to_plain(study.comparing), Comparing).layout == "red"
    with pytest.raises(ValueError, match="two-studies, red"):
        from_plain({"layout": "pile"}, Comparing)
    assert {row.id for row in (*LAYOUTS, ADDED) if row.composite} == set(COMPOSITES)
    layouts = opened.housekeeping.layouts_menu.layouts
    assert layouts is not None
    layouts.save("mine")
    qtbot.keyClick(opened, "1")
    layouts.show("mine")
    assert study.comparing.layout == "red" and actions["layout-red"].isChecked()
    opened.housekeeping.show_shortcuts()
    assert ("9", "Red") in opened.housekeeping.dialog.rows_shown()
    opened.housekeeping.dialog.reject()


@pytest.fixture
def thin_head_beside(opened: MainWindow, head: Volume) -> None:
    study = opened.study
    loaded = study.compared_volumes.with_loaded(head, "thin")
    study.keep(loaded.showing(("original", loaded.loaded[-1].key)))


def test_screenshot_draws_it(
    thick_head: Volume, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = tmp_path / "scan.nii.gz"
    nib.save(nib.Nifti1Image(thick_head.voxels, thick_head.geometry.affine), scan)
    out = tmp_path / "red.png"
    options = ["--second", "cubic", "--layout", "red", "-o", str(out)]
    assert main(["screenshot", str(scan), *options]) == 0
    assert out.exists()
    with pytest.raises(SystemExit):
        main(["screenshot", "--help"])
    assert "red}" in capsys.readouterr().out
