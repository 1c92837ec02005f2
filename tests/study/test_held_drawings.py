"""A session file holds the drawings on a scan for as long as it is what was written."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.study.state.held_drawings import Drawings, drawings_also_held, drawings_held_in
from srviewer.study.state.study_state import StudyState

ROI = Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)))


def _volume() -> Volume:
    return Volume(np.zeros((2, 2, 2), np.float32), Geometry((2, 2, 2), np.eye(4)), "v")


def test_drawings_are_unsaved_without_a_lasting_file_that_holds_them(tmp_path: Path) -> None:
    path, scan = tmp_path / "a.srviewer", _volume()
    path.write_text("one")
    state = StudyState(scan=scan, rois=(ROI,))
    assert state.unsaved_drawings(Path.exists) == Drawings((ROI,))
    drawings_held_in(path, scan, Drawings((ROI,)))
    assert not state.unsaved_drawings(Path.exists)
    assert state.unsaved_drawings(lambda _: False) == Drawings((ROI,))
    renamed = replace(ROI, name="edge")
    assert replace(state, rois=(ROI, renamed)).unsaved_drawings(Path.exists).rois == (renamed,)
    path.write_text("another")
    assert state.unsaved_drawings(Path.exists) == Drawings((ROI,))


def test_drawings_that_go_on_in_time_are_held_as_before(tmp_path: Path) -> None:
    path, scan, later = tmp_path / "a.srviewer", _volume(), _volume()
    path.write_text("one")
    drawings_held_in(path, scan, Drawings((ROI,)))
    assert StudyState(scan=later, rois=(ROI,)).unsaved_drawings(Path.exists)
    drawings_also_held(scan, later)
    assert not StudyState(scan=later, rois=(ROI,)).unsaved_drawings(Path.exists)
