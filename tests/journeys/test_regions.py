"""A user goes to the regions that are most likely wrong, and looks at the map of doubt."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.slices.planes import Plane
from srviewer.gui.panels.reconstruct.request_options import RequestOptions
from srviewer.gui.study.region_list import RegionList
from srviewer.gui.window.bars.compare_bar import CompareBar
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.compared_volumes import CUBIC, ORIGINAL

Until = Callable[[Callable[[], bool]], None]


def _texts(window: MainWindow) -> str:
    return "\n".join(one.text() for one in window.panels.findChildren(QLabel))


def test_keys_and_clicks_lead_to_each_region_and_the_map_lies_on_the_result(
    opened: MainWindow, qtbot: QtBot, until: Until
) -> None:
    study = opened.study
    listed = opened.panels.findChild(RegionList)
    assert listed is not None and not listed.isVisibleTo(opened)
    assert study.request is not None
    study.set_request(replace(study.request, factor=2))
    opened.controller.reconstructing.start()
    until(lambda: study.doubts is not None)
    doubts, current = study.doubts, study.compared_volumes.current
    assert doubts is not None and doubts.regions

    # The result speaks plainly.
    assert "The two planes differ by" in _texts(opened)
    assert "rank correlation" not in _texts(opened)

    # A key, from the scan alone: then scan and result are seen.
    study.compare(replace(study.comparing, layout="planes"))
    qtbot.keyClick(opened, Qt.Key.Key_K)
    assert study.view.cursor_mm == doubts.regions[0].position_mm
    assert study.comparing.layout == "compare"
    assert study.compared_volumes.shown[:2] == (ORIGINAL, current)
    opened.panels.setCurrentIndex(1)
    assert listed.isVisibleTo(opened) and "differ by" in _texts(opened)
    qtbot.keyClick(opened, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    assert study.view.cursor_mm == doubts.regions[-1].position_mm

    # A click, with cubic interpolation in the place of the result.
    study.keep(study.compared_volumes.showing((ORIGINAL, CUBIC, current)))
    row = listed.table.visualItemRect(listed.table.item(0, 1)).center()
    qtbot.mouseClick(listed.table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert study.view.cursor_mm == doubts.regions[0].position_mm
    assert study.compared_volumes.shown[:2] == (ORIGINAL, current)

    # Reset leads away from every region; the next step begins with the first.
    qtbot.keyClick(opened, Qt.Key.Key_K)
    assert [one.row() for one in listed.table.selectionModel().selectedRows()] == [1]
    opened.actions_offered["reset"].trigger()
    assert not listed.table.selectionModel().selectedRows()
    qtbot.keyClick(opened, Qt.Key.Key_K)
    assert study.view.cursor_mm == doubts.regions[0].position_mm

    # The smoothed map, on the result alone, its scale in the unit of its threshold.
    bar = opened.findChild(CompareBar)
    assert bar is not None
    bar._map.setFocus()
    qtbot.keyClick(bar._map, Qt.Key.Key_Down)
    assert study.comparing.map == "disagreement"
    qtbot.keyClick(opened, Qt.Key.Key_2)
    scan, result = (row.panes[Plane.CORONAL] for row in opened.compare.rows[:2])
    scale = result.annotations.colour_bar
    assert scale is not None and scan.annotations.colour_bar is None
    assert (scale.unit, scale.number(scale.high)) == ("%", "10.0")
    assert bar._threshold.suffix() == " %" and bar._threshold.cleanText() == "1.0"
    assert result._overlays[0].volume is doubts.disagreement and not scan._overlays
    qtbot.keyClick(opened, Qt.Key.Key_1)  # the scan alone
    assert bar._map_note.isVisibleTo(opened) and not bar._threshold.isVisibleTo(opened)
    qtbot.keyClick(opened, Qt.Key.Key_6)  # a checkerboard: over the squares of the result
    pane = opened.compare.rows[0].panes[Plane.CORONAL]
    second, drawn = pane._canvas._second, pane._canvas._overlays
    assert second is not None and second[0].outlined and drawn[0][0].clip == second[0].clip
    qtbot.keyClick(opened, Qt.Key.Key_7)  # a difference has colours of its own
    assert pane.annotations.colour_bar is not None and not pane._overlays


def test_texture_is_refused_to_a_scan_that_is_too_noisy_for_it(
    window: MainWindow, qtbot: QtBot, until: Until, tmp_path: Path
) -> None:
    clean = Degradation(2, 4).thick_volume(phantoms.head((60, 64, 48)))
    noise = np.random.default_rng(3).normal(0, 80, clean.voxels.shape)
    for name, voxels in (("clean", clean.voxels), ("noisy", clean.voxels + noise)):
        image = nib.Nifti1Image(voxels.astype(np.float32), clean.geometry.affine)
        nib.save(image, tmp_path / f"{name}.nii")
    options, study = window.panels.findChild(RequestOptions), window.study
    assert options is not None

    def opens(name: str) -> None:
        window.open([tmp_path / f"{name}.nii"])
        until(lambda: study.scan is not None and study.scan.name == name)

    opens("clean")
    options.texture.setFocus()
    qtbot.keyClick(options.texture, Qt.Key.Key_Right)
    assert study.request is not None and study.request.texture == 0.05
    opens("noisy")
    assert study.request.texture == 0 and not options.texture.isEnabled()
    assert "texture model was trained on at most 3 %" in _texts(window)
    study.set_request(replace(study.request, texture=0.5))  # as an older session has it
    assert options.texture.isEnabled() and options.texture.maximum() == 10
    qtbot.keyClick(options.texture, Qt.Key.Key_Left)
    assert study.request.texture == 0.45
    assert "Leave the texture at 0." in _texts(window)
