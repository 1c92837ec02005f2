"""The compared volumes, and the choice of those that are shown."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from srviewer.core.comparison.linking import unlinked
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.study.state.compared_volumes import CUBIC, MOST_RESULTS, ORIGINAL, ComparedVolumes


@pytest.fixture(scope="module")
def made(thick_head: Volume) -> Reconstruction:
    return run(reconstruct(thick_head, Request(axis=2, factor=4, method="linear")))


def test_results_are_kept_newest_first_under_names_of_their_own(made: Reconstruction) -> None:
    list_of = ComparedVolumes().with_result(made).with_result(made)
    assert [one.name for one in list_of.results] == ["linear ×4 (2)", "linear ×4"]  # noqa: RUF001
    assert list_of.shown == (ORIGINAL, list_of.results[0].key)
    assert list_of.current == list_of.results[0].key
    renamed = list_of.renamed("result-1", "first")
    assert renamed.results[1].name == "first" and renamed.results[1].key == "result-1"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"profile": "gaussian"}, "linear \u00d74, Gaussian profile"),
        ({"profile": "slr", "time_bandwidth": 6.0}, "linear \u00d74, SLR profile, {tbw} 6"),
        ({"thickness_mm": 3.0, "minimum": "scan"}, "linear \u00d74, 3 mm thick, {minimum}"),
        ({"method": "back-projected"}, "back-projected cubic \u00d74"),
        ({"method": "back-projected", "agreement": "noise"}, "{cubic}, agrees within noise"),
        ({"flips": True, "agreement": "noise", "time_bandwidth": 6.0}, "linear \u00d74 (2)"),
        ({"also": ((0, 2),), "isotropic": True}, "linear \u00d74, i \u00d72, isotropic"),
    ],
)
def test_a_result_names_its_settings(
    made: Reconstruction, settings: dict[str, Any], name: str
) -> None:
    other = replace(made, request=replace(made.request, **settings))
    words = {
        "tbw": "time-bandwidth product",
        "minimum": "minimum of the scan",
        "cubic": "back-projected cubic \u00d74",
    }
    list_of = ComparedVolumes().with_result(made).with_result(other)
    assert list_of.results[0].name == name.format(**words)


def test_the_current_result_is_one_that_is_shown(made: Reconstruction) -> None:
    both = ComparedVolumes().with_result(made).with_result(made)
    assert both.showing((ORIGINAL, "result-1")).current == "result-1"
    assert both.showing(("result-1", "result-2")).current == "result-2"
    left = both.without("result-2")
    assert left.current == "result-1" and left.shown == (ORIGINAL, "result-1")
    empty = left.without("result-1")
    assert empty.result is None and empty.shown == (ORIGINAL, "result")


def test_two_to_four_are_shown_each_once(made: Reconstruction, head: Volume) -> None:
    one = ComparedVolumes().with_result(made).with_loaded(head, "head")
    assert one.shown == (ORIGINAL, "volume-2")
    assert one.showing((CUBIC,)).shown == (CUBIC, "result-1")
    assert one.showing((ORIGINAL, ORIGINAL, "gone")).shown == (ORIGINAL, "result-1")
    assert len(one.showing((ORIGINAL, CUBIC, "result-1", "volume-2", "reference")).shown) == 4


def test_the_oldest_result_gives_way(made: Reconstruction) -> None:
    many = ComparedVolumes()
    for _ in range(MOST_RESULTS + 1):
        many = many.with_result(made)
    assert len(many.results) == MOST_RESULTS
    assert many.find("result-1") is None


def test_another_current_result_is_told_once(
    study: ShownStudy, thick_head: Volume, made: Reconstruction
) -> None:
    study.open(thick_head, (), None)
    study.set(study.state.with_result(made))
    study.set(study.state.with_result(replace(made, device="elsewhere")))
    told = []
    study.changed.connect(lambda names: "result" in names and told.append(study.result))
    study.keep(study.compared_volumes.renamed("result-1", "first"))
    assert told == []
    study.keep(study.compared_volumes.showing((ORIGINAL, "result-1")))
    assert told == [made]


def test_what_lies_in_another_frame_or_elsewhere_is_not_linked(head: Volume) -> None:
    assert unlinked(head, head) == ""
    here, there = replace(head, frame="1.2.3"), replace(head, frame="1.2.4")
    assert "frame of reference" in unlinked(there, here)
    assert unlinked(here, head) == ""  # unknown is no contradiction
    affine = np.array(head.geometry.affine)
    affine[:3, 3] += 500
    far = replace(head, geometry=replace(head.geometry, affine=affine))
    assert "No space in common" in unlinked(far, head)
