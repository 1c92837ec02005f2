"""The session tells what of its state changed."""

from dataclasses import replace

import numpy as np
import pytest

from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.job import run
from srviewer.sr.rebuild.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.evaluate import score_beside_cubic
from srviewer.study.state.reference import Reference


@pytest.fixture
def judged(session: ShownStudy, head: Volume, thick_head: Volume) -> ShownStudy:
    """A session with a result, a reference and scores."""
    request = Request(axis=2, factor=4, method="linear")
    session.open(thick_head, (), None)
    session.set(session.state.with_result(run(reconstruct(thick_head, request))))
    session.set_reference(Reference(head, "the phantom", None))
    assert session.result is not None
    job = score_beside_cubic(head, thick_head, session.result.volume, request, "the phantom")
    current = session.comparables.current
    session.change(comparables=session.comparables.scored(current, run(job)))
    return session


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
    current = judged.comparables.current
    judged.change(comparables=judged.comparables.scored(current, scores))
    judged.set(judged.state.with_result(result))
    assert judged.scores is None
    assert judged.reference is reference


def test_what_the_user_chose_outlives_the_scan_but_axis_and_factor_fit_the_new_one(
    session: ShownStudy, thick_head: Volume, head: Volume
) -> None:
    session.open(head, (), None)
    assert session.request is not None
    session.set_request(replace(session.request, method="cubic", device="cpu", factor=7))
    session.open(thick_head, (), None)
    assert (session.request.method, session.request.device) == ("cubic", "cpu")
    assert (session.request.axis, session.request.factor) == (2, 4)


def test_zoom_keeps_the_point_under_the_mouse_and_has_limits(
    session: ShownStudy, head: Volume
) -> None:
    session.open(head, (), None)
    fixed = np.array((10.0, -4.0, 6.0))
    before = fixed - session.centre_mm()
    session.zoom_by(2.0, fixed)
    assert np.allclose(fixed - session.centre_mm(), before / 2)
    for _ in range(40):
        session.zoom_by(2.0, fixed)
    assert session.view.zoom == 40.0


def test_reset_shows_the_whole_volume_again(session: ShownStudy, head: Volume) -> None:
    session.open(head, (), None)
    opened = session.view
    session.zoom_by(4, (3, 2, 1))
    session.set_window(Window(1, 2))
    session.maximise(Plane.CORONAL)
    session.reset_view()
    assert session.view == opened


def test_nothing_is_said_when_nothing_changes(session: ShownStudy, head: Volume) -> None:
    session.open(head, (), None)
    changes = []
    session.changed.connect(changes.append)
    session.move_cursor(session.view.cursor_mm)
    assert session.request is not None
    session.set_request(replace(session.request))
    assert changes == []
