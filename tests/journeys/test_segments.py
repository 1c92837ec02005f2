"""A user lays a DICOM segmentation over its scan; segments overlap; a session keeps them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom import dcmread

from segmented_series import FIXTURES, drawn_regions, write_series
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


def names(window: MainWindow) -> list[list[str]]:
    return [[label.name for label in overlay.labels] for overlay in window.study.overlays]


def test_segments_that_overlap_are_shown_as_layers(
    window: MainWindow, until: Until, tmp_path: Path
) -> None:
    window.open([write_series(tmp_path / "series")])
    until(lambda: window.study.scan is not None)
    look = window.panels.findChild(LookPanel)
    foreign = dcmread(FIXTURES / "binary.dcm")
    foreign.PatientID = "phantom-2"
    foreign.save_as(tmp_path / "foreign.dcm")
    look.overlays.load(tmp_path / "foreign.dcm")
    until(window.error_bar.isVisible)
    assert "names another patient" in window.error_bar.message.text()
    assert window.study.overlays == ()
    look.overlays.load(FIXTURES / "overlapping.dcm")
    until(lambda: len(window.study.overlays) == 2)
    assert names(window) == [["Liver", "Vessel"], ["Tumour"]]
    inside = [overlay.volume.voxels > 0 for overlay in window.study.overlays]
    assert np.count_nonzero(inside[1]) == np.count_nonzero(drawn_regions()[2])
    session = tmp_path / "s.srviewer"
    window.housekeeping.files.save(session)
    until(session.exists)
    until(lambda: window.controller.work.tasks == ())
    window.study.set_overlays([])
    window.open([session])
    until(lambda: len(window.study.overlays) == 2)
    assert names(window) == [["Liver", "Vessel"], ["Tumour"]]
    again = [overlay.volume.voxels > 0 for overlay in window.study.overlays]
    np.testing.assert_array_equal(again, inside)
