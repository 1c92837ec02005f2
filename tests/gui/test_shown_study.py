"""The session tells what of its state changed."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.evaluate import score_beside_cubic
from srviewer.study.state.reference import Reference


@pytest.fixture
def judged(study: ShownStudy, head: Volume, thick_head: Volume) -> ShownStudy:
    """A session with a result, a reference and scores."""
    request = Request(axis=2, factor=4, method="linear")
    study.open(thick_head, (), None)
    study.set(study.state.with_result(run(reconstruct(thick_head, request))))
    study.set_reference(Reference(head, "the phantom", None))
    assert study.result is not None
    job = score_beside_cubic(head, thick_head, study.result.volume, request, "the phantom")
    current = study.compared_volumes.current
    study.change(compared_volumes=study.compared_volumes.scored(current, run(job)))
    return study


def test_another_scan_takes_result_reference_and_scores_with_it(
    judged: ShownStudy, head: Volume
) -> None:
    judged.zoom_by(3, (0, 0, 0))
    seen = []
    judged.changed.connect(
        lambda _: seen.append((judged.result, judged.reference, judged.scores, judged.view.zoom))
    )
    judged.open(head, (), None)
    assert seen == [(None, None, None, 1.0)]  # listeners never see the old ones beside the new
    assert np.allclose(judged.view.cursor_mm, head.geometry.middle_voxel)


def test_another_result_or_reference_takes_the_scores_with_it(judged: ShownStudy) -> None:
    scores, reference, result = judged.scores, judged.reference, judged.result
    assert scores is not None and reference is not None and result is not None
    judged.set_reference(reference)
    assert judged.scores is None
    current = judged.compared_volumes.current
    judged.change(compared_volumes=judged.compared_volumes.scored(current, scores))
    judged.set(judged.state.with_result(result))
    assert judged.scores is None
    assert judged.reference is reference


def test_what_the_user_chose_outlives_the_scan_but_axis_and_factor_fit_the_new_one(
    study: ShownStudy, thick_head: Volume, head: Volume
) -> None:
    study.open(head, (), None)
    assert study.request is not None
    study.set_request(replace(study.request, method="cubic", device="cpu", factor=7))
    study.open(thick_head, (), None)
    assert (study.request.method, study.request.device) == ("cubic", "cpu")
    assert (study.request.axis, study.request.factor) == (2, 4)


def test_zoom_keeps_the_point_under_the_mouse_and_has_limits(
    study: ShownStudy, head: Volume
) -> None:
    study.open(head, (), None)
    fixed = np.array((10.0, -4.0, 6.0))
    before = fixed - study.centre_mm()
    study.zoom_by(2.0, fixed)
    assert np.allclose(fixed - study.centre_mm(), before / 2)
    for _ in range(40):
        study.zoom_by(2.0, fixed)
    assert study.view.zoom == 40.0


def test_reset_shows_the_whole_volume_again(study: ShownStudy, head: Volume) -> None:
    study.open(head, (), None)
    opened = study.view
    study.zoom_by(4, (3, 2, 1))
    study.set_window(Window(1, 2))
    study.maximise(Plane.CORONAL)
    study.reset_view()
    assert study.view == opened


def test_nothing_is_said_when_nothing_changes(study: ShownStudy, head: Volume) -> None:
    study.open(head, (), None)
    changes = []
    study.changed.connect(changes.append)
    study.move_cursor(study.view.cursor_mm)
    assert study.request is not None
    study.set_request(replace(study.request))
    assert changes == []
