"""A user opens a scan with missing slices and a tilt."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QPushButton

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import ScanWarning, Volume
from srviewer.gui.panels.reconstruct.stack_choice import StackChoice
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.views.pane_texts import NOT_YET_UNEVEN
from srviewer.gui.window.main_window import MainWindow


def test_gaps_are_a_choice_and_a_tilt_can_be_straightened(
    window: MainWindow, head: Volume, until: Callable[[Callable[[], bool]], None]
) -> None:
    thick = Degradation(axis=2, factor=4).thick_volume(head)
    affine = thick.geometry.affine.copy()
    affine[1, 2] = 4 * np.tan(np.radians(15))
    places = (0.0, 4.0, 8.0, 12.0, None, 20.0, 24.0, 28.0, 32.0)
    warnings = (
        ScanWarning("missing_slices", "1 slice is missing", (16.0,)),
        ScanWarning("gantry_tilt", "tilted by 15 degrees"),
    )
    scan = replace(
        thick,
        geometry=Geometry(thick.geometry.shape, affine),
        planes=Planes(2, places),
        warnings=warnings,
    )
    study = window.study
    study.open(scan, (), None)
    (choice,) = window.findChildren(StackChoice)
    (gaps,) = choice.findChildren(QComboBox)
    (straighten,) = choice.findChildren(QPushButton)
    assert not gaps.isHidden() and not straighten.isHidden()
    gaps.setCurrentIndex(1)
    gaps.activated.emit(1)
    assert study.request is not None and study.request.gaps == "run"
    study.acknowledge()
    # Nothing is interpolated across a gap, even while it runs.
    window.controller.reconstructing.start()
    pane = window.compare.result.panes[Plane.CORONAL]
    texts = [line.text for line in pane.annotations.top_left]
    assert " ".join(texts[:2]) == NOT_YET_UNEVEN and pane.slice is not None
    window.controller.work.cancel(RECONSTRUCT)
    straighten.click()
    until(lambda: study.scan is not scan)
    assert study.scan is not None
    assert study.scan.geometry.spacing[2] == pytest.approx(4)
    assert [w.code for w in study.scan.warnings] == ["missing_slices"]
    assert straighten.isHidden() and not gaps.isHidden()
