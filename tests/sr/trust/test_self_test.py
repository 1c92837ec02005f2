"""The self-test: what it promises is what a simulated scan then gains."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.sr.requests.request import Request
from srviewer.sr.results.expected_gain import uncalibrated
from srviewer.sr.trust.self_test import SLIGHT, WORTH, SelfTest, SelfTestRow, self_test


def test_both_sharp_axes_are_scored_beside_cubic(make_head: Callable[..., Volume]) -> None:
    scan = Degradation(1, 2).thick_volume(make_head((48, 40, 44)))
    found = run(self_test(scan, Request(1, 2)))
    assert [row.axis for row in found.rows] == ["i", "k"]
    assert found.gain == pytest.approx(
        sum(row.ours["psnr"] - row.cubic["psnr"] for row in found.rows) / 2, abs=1e-9
    )
    assert found.model == "fast" and found.values()["gain_psnr"] == found.gain
    assert found.verdict.endswith("on this scan's own sharp axes.")


def test_cubic_gains_nothing_over_itself(thick_head: Volume) -> None:
    found = run(self_test(thick_head, Request(2, 4, method="cubic")))
    assert found.gain == 0 and not found.worth
    assert found.verdict.startswith("No gain here, use cubic")


@pytest.mark.parametrize(
    ("gain", "words"), [(1.2, "Worth using"), (0.3, "A slight gain"), (-0.4, "No gain here")]
)
def test_the_verdict_follows_the_gain(gain: float, words: str) -> None:
    row = SelfTestRow("i", {"psnr": 30 + gain, "ssim": 0.9}, {"psnr": 30, "ssim": 0.9})
    found = SelfTest(4, (row,), "cross-plane", "fast", 1.0, (), None)
    assert found.verdict.startswith(words)
    beside = found.judged(uncalibrated("it moved"))
    assert not beside.worth and "Worth using" not in beside.verdict
    assert gain < SLIGHT or "not calibrated for this scan (it moved)" in beside.verdict


def test_what_is_not_calibrated_is_never_worth_using(make_head: Callable[..., Volume]) -> None:
    knee = replace(Degradation(1, 2).thick_volume(make_head((48, 40, 44))), body_part="KNEE")
    found = run(self_test(knee, Request(1, 2)))
    assert found.uncalibrated is not None and "knee" in found.uncalibrated
    assert found.gain >= WORTH and not found.worth


def test_a_scan_too_small_in_the_plane_is_refused(thick_head: Volume) -> None:
    with pytest.raises(UserError, match="too small in the plane"):
        run(self_test(thick_head, Request(2, 8)))


def test_a_scan_of_nothing_is_refused(thick_head: Volume) -> None:
    empty = replace(thick_head, voxels=thick_head.voxels * 0)
    with pytest.raises(UserError, match="too little foreground"):
        run(self_test(empty, Request(2, 2)))
